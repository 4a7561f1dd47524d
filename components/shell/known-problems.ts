import { problemTexts } from "@/lib/i18n/problem";
import type { TextKey, Translator } from "@/lib/i18n/text";
import type { ProblemFacts } from "./problem";

interface Way {
  readonly href: string;
  readonly label: TextKey;
}
const SIGN_IN: Way = { href: "/self-service/login/browser", label: "problem.signInAgain" };
const SETTINGS: Way = { href: "/self-service/settings/browser", label: "common.settings" };
/** Where progress is possible, by the wire's error id (contract 3.3). */
const WAYS: Readonly<Record<string, Way>> = {
  security_identity_mismatch: SETTINGS, session_inactive: SIGN_IN, session_aal1_required: SIGN_IN,
};

export interface ProblemSource {
  readonly id: string | null;
  readonly status: number;
  readonly restartAt?: string;
  /** What to quote when asking for help: the stored error, the request. */
  readonly quote: readonly { readonly key: TextKey; readonly value: string | null }[];
}

/** An error as a page says it: never its own text, always a way forward. */
export function describeProblem(source: ProblemSource, text: Translator): ProblemFacts {
  const { id, status, restartAt } = source;
  const words = id === "session_already_available" ? { title: "expired.alreadyDoneTitle", text: "expired.alreadyDoneText" } as const
    : problemTexts({ code: status, ...(id !== null && { id }) });
  const next = WAYS[id ?? ""] ?? (status === 401 ? SIGN_IN : restartAt === undefined ? null : { href: restartAt, label: "expired.restart" as const });
  return {
    title: text.t(words.title),
    what: text.t(words.text),
    ...(next !== null && { next: { href: next.href, label: text.t(next.label) } }),
    details: [
      { label: text.t("problem.status"), value: id === null ? String(status) : `${status} ${id}` },
      ...source.quote.flatMap(({ key, value }) => (value === null ? [] : [{ label: text.t(key), value }])),
    ],
  };
}
