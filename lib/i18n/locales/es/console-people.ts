import type { consolePeople as english } from "../en/console-people";

export const consolePeople: Readonly<Record<keyof typeof english, string>> = {
};
