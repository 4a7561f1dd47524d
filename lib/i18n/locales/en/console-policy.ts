export const consolePolicy = {
} as const;
