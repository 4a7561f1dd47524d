import { account } from "./es/account";
import { common } from "./es/common";
import { console } from "./es/console";
import { consoleLoosening } from "./es/console-loosening";
import { consolePeople } from "./es/console-people";
import { consolePolicy } from "./es/console-policy";
import { factors } from "./es/factors";
import { messages } from "./es/messages";
import { pages } from "./es/pages";
import { settings } from "./es/settings";
import type { Texts } from "./en";

/** Español; trato de usted. Keys and arguments as in English, held by the type and by locales.test.ts. */
export const es = { ...common, ...account, ...settings, ...console, ...consolePolicy, ...consoleLoosening, ...consolePeople, ...messages, ...pages, ...factors } satisfies Texts;
