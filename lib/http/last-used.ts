import type { FactorId } from "../model/assurance";
import type { Flow } from "../model/flow";
import type { LastUsed } from "../model/last-used";
import type { Session } from "../model/session";

/*
 * What a browser keeps of its last sign-in: the method of each step, for the badge "Last used here" and the order on our own pages (ux.md
 * 2.0). No person, no address, no id: on a shared machine it tells nobody who signs in. It is not signed, because it grants nothing; what a
 * page does not offer is not on it either way.
 */

type Step = "first" | "second";
/** Steps at which a method can work; whatever else a cookie says was written by somebody else. */
export const STEPS = {
  password: ["first"], oidc: ["first"], code: ["first", "second"], passkey: ["first", "second"], webauthn: ["first", "second"],
  totp: ["second"], lookup_secret: ["second"],
} as const satisfies Readonly<Record<FactorId, readonly Step[]>>;
const PROVIDER_CHARACTERS = 100;

/** Reads the cookie's value. A step that is missing, unknown or made up is null. */
export function readLastUsed(value: string | null): LastUsed {
  const said = new URLSearchParams(value ?? "");
  const first = methodAt("first", said.get("first"));
  const provider = first === "oidc" ? usableProvider(said.get("provider")) : null;
  return { first: first === "oidc" && provider === null ? null : first, provider, second: methodAt("second", said.get("second")) };
}

/** The cookie's value: plain words, safe in a header whatever a provider is called. */
export function lastUsedValue({ first, provider, second }: LastUsed): string {
  const said = new URLSearchParams();
  for (const [name, word] of Object.entries({ first, provider, second })) if (word !== null) said.set(name, word);
  return said.toString();
}

/** `before` with the step that this flow just completed; null where it was no sign-in and no registration. */
export function lastUsedAfter(before: LastUsed, flow: Flow, session: Session): LastUsed | null {
  if (flow.kind !== "login" && flow.kind !== "registration") return null;
  if (flow.kind === "login" && flow.requestedAal === "aal2") {
    const second = methodAt("second", flow.active);
    return second === null ? null : { ...before, second };
  }
  const first = methodAt("first", flow.active);
  const provider = first === "oidc" ? usableProvider(session.methods.findLast(({ method }) => method === "oidc")?.provider ?? null) : null;
  return first === null || (first === "oidc" && provider === null) ? null : { ...before, first, provider };
}

function methodAt(step: Step, word: string | null): FactorId | null {
  const steps: Readonly<Record<FactorId, readonly Step[]>> = STEPS;
  return (Object.keys(STEPS) as FactorId[]).find((method) => method === word && steps[method].includes(step)) ?? null;
}

function usableProvider(id: string | null): string | null {
  return id !== null && id !== "" && id.length <= PROVIDER_CHARACTERS ? id : null;
}
