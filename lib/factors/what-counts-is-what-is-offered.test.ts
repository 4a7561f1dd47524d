import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Credential } from "../model/credential";
import type { MethodConfig } from "../model/project";
import { availableAal } from "../policy/aal";
import { subjectFacts } from "../sessions/subject";
import { countAll, enabledFactors, factorFor, REGISTRY, usableAll } from "./registry";
import { codeCredential, context, identity, loginStep, lookupCredential, methods, NOW, passwordCredential, totpCredential } from "./testing";

const spent = fc.option(fc.constant(NOW), { nil: null });
const credentials: fc.Arbitrary<readonly Credential[]> = fc.record({
  password: fc.option(fc.record({ identifiers: fc.subarray(["ada@example.test"]), hash: fc.constantFrom("stored", "") })),
  totp: fc.option(fc.record({ lastStep: fc.nat() })),
  lookup: fc.option(fc.record({
    used: fc.array(spent, { maxLength: 12 }), storage: fc.constantFrom("hashed" as const, "revealable" as const),
  })),
  code: fc.option(fc.subarray([{ via: "email", value: "ada@example.test" }, { via: "sms", value: "+4930123456" }] as const)),
}).map(({ password, totp, lookup, code }) => [
  ...(password === null ? [] : [passwordCredential(password)]),
  ...(totp === null ? [] : [totpCredential(totp)]),
  ...(lookup === null ? [] : [lookupCredential({ storage: lookup.storage }, lookup.used)]),
  ...(code === null ? [] : [codeCredential(code)]),
]);
const configs: fc.Arbitrary<MethodConfig> = fc.record({
  password: fc.boolean(), totp: fc.boolean(), lookup: fc.boolean(), storage: fc.constantFrom("hashed" as const, "revealable" as const),
  codes: fc.constantFrom("off", "first", "second"),
}).map(({ password, totp, lookup, storage, codes }) => methods({
  password: { enabled: password }, totp: { enabled: totp }, lookup_secret: { enabled: lookup, storage },
  code: { enabled: codes !== "off", passwordlessEnabled: codes === "first", mfaEnabled: codes === "second" },
}));

async function offered(level: "first" | "second", owned: readonly Credential[], config: MethodConfig): Promise<readonly string[]> {
  const step = loginStep(level, identity(), owned, true);
  const names = await Promise.all(enabledFactors(config)
    .filter((factor) => factor.login?.levels.includes(level))
    .map(async (factor) => ((await factor.login?.nodes(step, context({ config })))?.nodes.length ?? 0) > 0 ? [factor.id] : []));
  return names.flat();
}

describe("a factor counts exactly when a form offers it (invariant 10, ruling J12)", () => {
  it("aal2 is available exactly when a step-up would show something to complete", async () => {
    await fc.assert(fc.asyncProperty(credentials, configs, async (owned, config) => {
      const shown = await offered("second", owned, config);
      expect(availableAal(countAll(owned, config)) === "aal2").toBe(shown.length > 0);
      expect(subjectFacts(owned, config, REGISTRY).availableAal === "aal2").toBe(shown.length > 0);
      expect(usableAll(owned, config).filter((usable) => usable.aal === "aal2").map((usable) => usable.method)).toEqual(shown);
    }), { numRuns: 500 });
  });

  it("a first factor counts exactly when a refresh would show it", async () => {
    await fc.assert(fc.asyncProperty(credentials, configs, async (owned, config) => {
      const shown = await offered("first", owned, config);
      expect(countAll(owned, config).some((count) => count.first > 0)).toBe(shown.length > 0);
      expect(usableAll(owned, config).filter((usable) => usable.aal === "aal1").map((usable) => usable.method)).toEqual(shown);
    }), { numRuns: 300 });
  });

  it("adding a factor never lowers what is available", () => {
    fc.assert(fc.property(credentials, configs, (owned, config) => {
      const rank = { aal0: 0, aal1: 1, aal2: 2 } as const;
      const fewer = subjectFacts(owned.slice(1), config, REGISTRY).availableAal;
      expect(rank[subjectFacts(owned, config, REGISTRY).availableAal]).toBeGreaterThanOrEqual(rank[fewer]);
    }));
  });

  it("a factor without a first one is still aal2, as on the wire", () => {
    expect(subjectFacts([totpCredential()], methods(), REGISTRY)).toEqual({ availableAal: "aal2", usable: [{ method: "totp", aal: "aal2" }] });
  });

  it("is found by the wire's word, and by no other", () => {
    expect(REGISTRY.map((factor) => factor.id)).toEqual(["passkey", "webauthn", "password", "oidc", "totp", "code", "lookup_secret"]);
    for (const factor of REGISTRY) expect(factorFor(factor.id)).toBe(factor);
    expect([factorFor("link"), factorFor("__proto__"), factorFor("")]).toEqual([null, null, null]);
  });
});
