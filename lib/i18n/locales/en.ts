import { account } from "./en/account";
import { common } from "./en/common";
import { console } from "./en/console";
import { consoleLoosening } from "./en/console-loosening";
import { consolePeople } from "./en/console-people";
import { consolePolicy } from "./en/console-policy";
import { factors } from "./en/factors";
import { messages } from "./en/messages";
import { pages } from "./en/pages";
import { settings } from "./en/settings";

/**
 * Every sentence of the screens in English, as one flat object. Keys read `screen.part`:
 * `common.*` `theme.*` `method.*` `level.*` `time.*` (en/common.ts), `home.*` `registration.*` `login.*` `secondFactor.*` `help.*` `stepUp.*`
 * `logout.*` `problem.*` `expired.*` `payment.*` `orders.*` (en/account.ts), `settings.*` `sessions.*` (en/settings.ts),
 * `console.*` (en/console.ts), what pages added (en/pages.ts), `ceremony.*` `passkey.*` `webauthn.*` `code.*` `link.*` `recovery.*` `addressBack.*`
 * `verification.*` `setupMfa.*` `addresses.*` (en/factors.ts), `message.<id>` and `reason.*` (en/messages.ts: what the wire says).
 * Arguments are `{name}`, `{name, plural, one {…} other {…}}`, `{name, number}`, `{name, date}`, `{name, datetime}`, `{name, list}`.
 */
export const en = { ...common, ...account, ...settings, ...console, ...consolePolicy, ...consoleLoosening, ...consolePeople, ...messages, ...pages, ...factors } as const;

export type TextKey = keyof typeof en;
/** What every other language must fulfil: the same keys, other words. */
export type Texts = Readonly<Record<TextKey, string>>;
