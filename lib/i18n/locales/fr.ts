import { account } from "./fr/account";
import { common } from "./fr/common";
import { console } from "./fr/console";
import { consoleLoosening } from "./fr/console-loosening";
import { consolePeople } from "./fr/console-people";
import { consolePolicy } from "./fr/console-policy";
import { factors } from "./fr/factors";
import { messages } from "./fr/messages";
import { pages } from "./fr/pages";
import { settings } from "./fr/settings";
import type { Texts } from "./en";

/** Français ; vouvoiement. Keys and arguments as in English, held by the type and by locales.test.ts. */
export const fr = { ...common, ...account, ...settings, ...console, ...consolePolicy, ...consoleLoosening, ...consolePeople, ...messages, ...pages, ...factors } satisfies Texts;
