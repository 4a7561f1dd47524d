import type { AssuranceLevel } from "@/lib/model/assurance";
import type { PersonLine } from "@/lib/model/console-people";
import type { Translator } from "@/lib/i18n/text";
import { isTextKey } from "@/lib/i18n/text";

/** "Authenticator app, Passkey ×2": what somebody can prove themselves with, counted. */
export function factorWords(factors: PersonLine["factors"], text: Translator): string {
  if (factors.length === 0) return text.t("console.people.noFactors");
  return text.list(factors.map(({ type, count }) => {
    const name = text.t(`method.${type}`);
    return type === "lookup_secret" || count > 1 ? text.t("console.people.factorCount", { name, count }) : name;
  }));
}

/** The plain word and the exact term. */
export function levelWords(level: AssuranceLevel, text: Translator): string {
  return text.t(`console.level.${level}`);
}

/** An event in words; its own name where there are none yet. */
export function actionWords(action: string, text: Translator): string {
  const key = `console.audit.do.${action}`;
  return isTextKey(key) ? text.t(key) : action;
}

/** An address with some of its search changed; what is empty is left out. */
export function hrefWith(path: string, search: Readonly<Record<string, string | null | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) if (value !== null && value !== undefined && value !== "") query.set(name, value);
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}
