import type { consolePolicy as english } from "../en/console-policy";

export const consolePolicy: Readonly<Record<keyof typeof english, string>> = {
};
