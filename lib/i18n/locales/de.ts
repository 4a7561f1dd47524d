import { account } from "./de/account";
import { common } from "./de/common";
import { console } from "./de/console";
import { consoleLoosening } from "./de/console-loosening";
import { consolePeople } from "./de/console-people";
import { consolePolicy } from "./de/console-policy";
import { factors } from "./de/factors";
import { messages } from "./de/messages";
import { pages } from "./de/pages";
import { settings } from "./de/settings";
import type { Texts } from "./en";

/** Deutsch; spricht Sie-Form. Keys and arguments as in English, held by the type and by locales.test.ts. */
export const de = { ...common, ...account, ...settings, ...console, ...consolePolicy, ...consoleLoosening, ...consolePeople, ...messages, ...pages, ...factors } satisfies Texts;
