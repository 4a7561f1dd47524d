import Bowser from "bowser";
import type { Locale } from "../i18n/locale";
import { isTextKey, translator } from "../i18n/text";
import { isMailKey, mailInstant, mailWords } from "../i18n/mail/text";
import type { MailWords } from "../i18n/mail/text";
import type { JsonObject } from "../model/identity";
import type { ProjectConfig } from "../model/project";
import { letterHtml, letterText } from "./letter-html";
import type { LetterParts } from "./letter-html";
import type { CourierTemplate } from "./outbox";

/** What a template may know of the project: addresses come from its configuration, never from a request. */
export type Sender = Pick<ProjectConfig, "brand" | "baseUrl" | "flows" | "addressBackUrl">;

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const CODES = ["login_code", "second_factor_code", "registration_code", "recovery_code", "verification_code"] as const;
const PLAIN = ["recovery_unknown", "verification_unknown", "registration_taken"] as const;
type CodeTemplate = (typeof CODES)[number];
type PlainTemplate = (typeof PLAIN)[number];
export type TemplateClass = "code" | "answer" | "notice";

/** Longest piece of somebody's own words (a key's name, a provider) in a letter. */
const MAX_LABEL = 80;

/** Names that are ours to print. For a browser it does not know the parser answers the header's own words: a stranger's message to the owner. */
const BROWSERS: ReadonlySet<string> = new Set(Object.values(Bowser.BROWSER_MAP as Readonly<Record<string, string>>));
const SYSTEMS: ReadonlySet<string> = new Set(Object.values(Bowser.OS_MAP as Readonly<Record<string, string>>));

export function classOf(template: CourierTemplate): TemplateClass {
  if (isCode(template)) return "code";
  return isPlain(template) ? "answer" : "notice";
}

/** Subject, text and HTML of a letter. Throws when a code letter has no code: it must not leave half made. */
export function renderMail(template: CourierTemplate, locale: Locale, data: JsonObject, sender: Sender): RenderedMail {
  const parts = partsOf(template, locale, data, sender);
  return { subject: parts.subject, text: letterText(parts), html: letterHtml(parts, brandOf(sender), locale) };
}

/** A text message; a code's last line binds it to the host of the page that asks for it, so that a browser offers it there and nowhere else (WebOTP, 4.2). */
export function renderSms(template: CourierTemplate, locale: Locale, data: JsonObject, sender: Sender): string {
  const words = mailWords(locale);
  const brand = brandOf(sender);
  if (isCode(template)) {
    const code = codeOf(data);
    const host = textOf(data, "host") ?? new URL(sender.baseUrl).hostname;
    return `${words("code.sms", { code, brand })}\n\n@${host} #${code}`;
  }
  const text = words(`${template}.text`, { brand });
  return isPlain(template) ? `${text} ${words(`${template}.advice`, { brand })}` : words("notice.sms", { brand, text, link: recoveryLink(sender) });
}

function partsOf(template: CourierTemplate, locale: Locale, data: JsonObject, sender: Sender): LetterParts {
  const words = mailWords(locale);
  const brand = brandOf(sender);
  const common = { lead: words(`${template}.text`, { brand }), code: null, facts: [], link: null, footer: words("footer", { brand }) };
  if (isCode(template)) {
    const code = codeOf(data);
    const own = `${template}.warning`;
    return {
      ...common, code, subject: words("code.subject", { code, brand }),
      paragraphs: [...validity(data, words), words(isMailKey(own) ? own : "code.warning", { brand })],
    };
  }
  const subject = words(`${template}.subject`, { brand });
  if (isPlain(template)) {
    const link = template === "registration_taken" ? { label: words("registration_taken.action"), url: `${sender.baseUrl}/self-service/login/browser` } : null;
    return { ...common, subject, link, paragraphs: [words(`${template}.advice`, { brand })] };
  }
  const facts = factsOf(locale, data, words);
  const revert = textOf(data, "revert");
  if (revert !== null) {
    const days = Number(data["days"]);
    return {
      ...common, subject, facts, paragraphs: [words("notice.wasYou"), words("notice.revert", { days })],
      link: { label: words("notice.revertAction"), url: revertLink(sender, revert) },
    };
  }
  return {
    ...common, subject, facts, paragraphs: [words("notice.wasYou"), words("notice.notYou")],
    link: { label: words("notice.action"), url: recoveryLink(sender) },
  };
}

function validity(data: JsonObject, words: MailWords): readonly string[] {
  const minutes = data["minutes"];
  return typeof minutes === "number" ? [words("code.valid", { minutes })] : [];
}

/** What happened, when, from where: enough to tell one's own doing from somebody else's. */
function factsOf(locale: Locale, data: JsonObject, words: MailWords): LetterParts["facts"] {
  const at = new Date(textOf(data, "at") ?? Number.NaN);
  const ip = textOf(data, "ipAddress");
  const what = whatOf(locale, data);
  return [
    ...(what === null ? [] : [{ label: words("fact.what"), value: what }]),
    ...(Number.isNaN(at.getTime()) ? [] : [{ label: words("fact.when"), value: mailInstant(locale, at) }]),
    { label: words("fact.device"), value: deviceOf(textOf(data, "userAgent"), words) },
    ...(ip === null ? [] : [{ label: words("fact.ip"), value: ip }]),
  ];
}

/** "Security key (YubiKey 5)", or as much of it as is known. */
function whatOf(locale: Locale, data: JsonObject): string | null {
  const method = textOf(data, "method");
  const key = `method.${method ?? ""}`;
  const kind = isTextKey(key) ? translator(locale).t(key) : null;
  const label = textOf(data, "label");
  if (label === null) return kind;
  return kind === null ? label : `${kind} (${label})`;
}

/** "Firefox on Linux"; never more than a hint. */
function deviceOf(userAgent: string | null, words: MailWords): string {
  if (userAgent === null) return words("device.unknown");
  const { browser, os } = Bowser.parse(userAgent);
  if (browser.name === undefined || !BROWSERS.has(browser.name)) return words("device.unknown");
  return os.name === undefined || !SYSTEMS.has(os.name) ? browser.name : words("device.on", { browser: browser.name, system: os.name });
}

/** The way back for the owner. The flow begins anew: the link says nothing about anybody. */
function recoveryLink({ baseUrl, flows }: Sender): string {
  return `${baseUrl}/self-service/${flows.recovery.enabled ? "recovery" : "settings"}/browser`;
}

/** To the page that takes a change of address back. Opening it changes nothing: its button does. */
function revertLink({ addressBackUrl }: Sender, token: string): string {
  return `${addressBackUrl}?token=${encodeURIComponent(token)}`;
}

function isCode(template: CourierTemplate): template is CodeTemplate {
  return (CODES as readonly string[]).includes(template);
}

function isPlain(template: CourierTemplate): template is PlainTemplate {
  return (PLAIN as readonly string[]).includes(template);
}

function codeOf(data: JsonObject): string {
  const code = textOf(data, "code");
  if (code === null) throw new Error("a letter with a code has none");
  return code;
}

/** One line: what stands in a subject or a fact came from a configuration, a header or a person. */
function textOf(data: JsonObject, name: string): string | null {
  const value = data[name];
  if (typeof value !== "string") return null;
  const clean = oneLine(value);
  if (clean === "") return null;
  return name === "label" && clean.length > MAX_LABEL ? `${clean.slice(0, MAX_LABEL - 1)}…` : clean;
}

function brandOf({ brand }: Sender): string {
  return oneLine(brand.name);
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+/gu, " ").trim();
}
