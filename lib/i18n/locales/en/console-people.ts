export const consolePeople = {
} as const;
