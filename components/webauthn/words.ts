import type { Translator } from "@/lib/i18n/text";
import type { CeremonyProblem } from "./problem";

/** Everything a ceremony can say, chosen on the server: a browser needs no catalogue. */
export interface CeremonyWords {
  readonly waiting: string;
  readonly checking: string;
  readonly cancel: string;
  readonly scriptNeeded: string;
  readonly nameFirst: string;
  /** Title of the document while a problem stands on the page. */
  readonly errorTitle: string;
  readonly problems: Readonly<Record<Exclude<CeremonyProblem, "stopped">, string>>;
}

/** `what` decides how "you have this one already" and a cancelled enrolment read. */
export function ceremonyWords(text: Translator, what: "use" | "add-passkey" | "add-key", title: string): CeremonyWords {
  return {
    waiting: text.t("ceremony.waiting"), checking: text.t("common.checking"), cancel: text.t("common.cancel"),
    scriptNeeded: text.t("ceremony.scriptNeeded"), nameFirst: text.t("ceremony.nameFirst"),
    errorTitle: `${text.t("common.errorTitlePrefix", { title })} · Rung`,
    problems: {
      cancelled: text.t(what === "use" ? "ceremony.cancelled" : "ceremony.cancelledEnrol"),
      known: text.t(what === "add-key" ? "ceremony.knownKey" : "ceremony.knownPasskey"),
      domain: text.t("ceremony.domain"), unsupported: text.t("ceremony.unsupported"), failed: text.t("ceremony.failed"),
    },
  };
}
