import type { FlowView } from "@/components/flow/flow-view";
import { findInput, findShown, inGroup } from "@/components/flow/flow-view";
import type { Translator } from "@/lib/i18n/text";
import type { Node } from "@/lib/model/node";
import { keysOf } from "./keys";

/** Where the account stands, read from the nodes the wire offers (contract 5.5 to 5.7). */
export interface Health {
  readonly app: "on" | "off" | "unavailable";
  /** How many security keys there are; null when the project takes none. */
  readonly keys: number | null;
  readonly codes: "on" | "off" | "pending" | "unavailable";
  /** How many codes are left; null when the wire does not say. */
  readonly codesLeft: number | null;
}
/** At this many codes or fewer new ones are offered (ux.md 2.5). */
const FEW_CODES = 3;

export function healthOf(flow: FlowView): Health {
  const totp = inGroup(flow, "totp");
  const lookup = inGroup(flow, "lookup_secret");
  return {
    app: findInput(totp, "totp_unlink") !== null ? "on" : findInput(totp, "totp_code") !== null ? "off" : "unavailable",
    keys: securityKeys(flow), codes: codesState(lookup),
    codesLeft: numberIn(findShown(lookup, "lookup_secret_left"), "left"),
  };
}

function securityKeys(flow: FlowView): number | null {
  const count = keysOf(flow, "webauthn").length;
  return count === 0 && findInput(inGroup(flow, "webauthn"), "webauthn_register_trigger") === null ? null : count;
}

/** True when something besides the first step protects the account. Recovery codes alone are no such thing. */
export function hasSecondStep(health: Health): boolean {
  return health.app === "on" || (health.keys ?? 0) > 0;
}
/** True when a second step could be added here and none is there. */
export function lacksSecondStep(health: Health): boolean {
  return !hasSecondStep(health) && (health.app === "off" || health.keys !== null);
}

function codesState(nodes: readonly Node[]): Health["codes"] {
  if (findInput(nodes, "lookup_secret_confirm") !== null) return "pending";
  if (findInput(nodes, "lookup_secret_disable") !== null) return "on";
  return findInput(nodes, "lookup_secret_regenerate") === null ? "unavailable" : "off";
}

function numberIn(node: Node | null, name: string): number | null {
  const value = node?.attributes.node_type === "text" ? node.attributes.text.context?.[name] : undefined;
  return typeof value === "number" ? value : null;
}

export function runningLow(health: Health): boolean {
  return health.codesLeft !== null && health.codesLeft <= FEW_CODES;
}

/** One sentence for the top of the page: what is good, and the one thing to do. */
export function healthSentence(health: Health, text: Translator): { readonly tone: "good" | "attention"; readonly words: string; readonly target: string | null } {
  if (lacksSecondStep(health)) return { tone: "attention", words: text.t("settings.healthNoSecondFactor"), target: health.app === "off" ? "totp" : "webauthn" };
  if (health.codes === "off" || health.codes === "pending") return { tone: "attention", words: text.t("settings.healthNoRecoveryCodes"), target: "lookup_secret" };
  if (runningLow(health)) return { tone: "attention", words: text.t("settings.healthFewRecoveryCodes", { count: health.codesLeft ?? 0 }), target: "lookup_secret" };
  return { tone: "good", words: text.t("settings.healthGood"), target: null };
}
