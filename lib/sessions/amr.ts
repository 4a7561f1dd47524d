import type { AuthenticationMethod, MethodName } from "../model/assurance";
import type { Credential } from "../model/credential";
import type { Identity } from "../model/identity";
import { atLeast, sessionAal } from "../policy/aal";

/** What is proved: two factors of different kinds are multi-factor (RFC 8176, `mfa`), where the session has reached that level. */
const KIND: Readonly<Record<MethodName, "know" | "have" | "elsewhere">> = {
  password: "know", totp: "have", lookup_secret: "have", code: "have", webauthn: "have", passkey: "have",
  code_recovery: "have", link_recovery: "have", oidc: "elsewhere",
};

/**
 * The `amr` of a token, by the one mapping of security.md 3.5: hints beside `acr`, in the order of completion. What cannot be
 * known (which of several keys was used) is left out rather than guessed.
 */
export function amrOf(methods: readonly AuthenticationMethod[], identity: Identity, credentials: readonly Credential[]): readonly string[] {
  const values = methods.flatMap((entry) => valuesOf(entry, identity, credentials));
  const kinds = new Set(methods.map(({ method }) => KIND[method]));
  return [...new Set(kinds.size > 1 && atLeast(sessionAal(methods), "aal2") ? [...values, "mfa"] : values)];
}

function valuesOf(entry: AuthenticationMethod, identity: Identity, credentials: readonly Credential[]): readonly string[] {
  switch (entry.method) {
    case "password": return ["pwd"];
    case "totp":
    case "lookup_secret":
    case "code_recovery": return ["otp"];
    case "code": return viaOf(entry, identity) === "sms" ? ["sms", "otp"] : ["otp"];
    case "webauthn":
    case "passkey": {
      const key = keyStorage(entry.method, credentials);
      // A passkey earns aal2 only by user verification (ruling J6).
      const verified = entry.method === "passkey" && entry.aal === "aal2";
      return ["pop", "user", ...(key === null ? [] : [key]), ...(verified ? ["mfa"] : [])];
    }
    case "link_recovery":
    case "oidc": return [];
  }
}

function viaOf({ addressId }: AuthenticationMethod, identity: Identity): "email" | "sms" | null {
  return identity.verifiableAddresses.find(({ id }) => id === addressId)?.via ?? null;
}

/** `swk` for keys that a provider backs up, `hwk` for those that stay in one device; null where the person has both. */
function keyStorage(type: "webauthn" | "passkey", credentials: readonly Credential[]): "hwk" | "swk" | null {
  const eligible = new Set<boolean>();
  for (const credential of credentials) {
    if (credential.type !== type || !("document" in credential)) continue;
    for (const flag of eligibility(credential.document)) eligible.add(flag);
  }
  if (eligible.size !== 1) return null;
  return eligible.has(true) ? "swk" : "hwk";
}

function eligibility(document: Readonly<Record<string, unknown>>): readonly boolean[] {
  const flag = document["backupEligible"];
  return typeof flag === "boolean" ? [flag] : [];
}
