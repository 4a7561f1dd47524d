import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import type { Credential } from "../../model/credential";
import { browser, enrolled } from "../../webauthn/testing";
import type { OwnedKey } from "../../webauthn/key-record";
import { enabledFactors, usableAll } from "../registry";
import { context, identity, loginStep, methods } from "../testing";

let verified: OwnedKey;
let silent: OwnedKey;
beforeAll(async () => {
  verified = await enrolled(browser());
  silent = await enrolled(browser(), { uv: false });
});

const owned = (picks: readonly string[]): readonly Credential[] => picks.map((pick, index): Credential => {
  const { credential } = pick.endsWith("silent") ? silent : verified;
  const type = pick.startsWith("passkey") ? "passkey" as const : "webauthn" as const;
  return { ...credential, type, document: { ...credential.document, id: Buffer.from(`${pick}-${String(index)}-padding`).toString("base64url"), passwordless: pick.startsWith("passkey") || pick.startsWith("alone") } };
});

it("a key can prove exactly what a form would ask of it, under every configuration", async () => {
  const picks = fc.subarray(["passkey verified", "passkey silent", "alone verified", "alone silent", "second verified", "second silent"]);
  const flags = fc.record({ passkey: fc.boolean(), counts: fc.boolean(), webauthn: fc.boolean(), passwordless: fc.boolean() });
  await fc.assert(fc.asyncProperty(picks, flags, async (chosen, { passkey, counts, webauthn, passwordless }) => {
    const config = methods({ passkey: { enabled: passkey, aal2OnUserVerification: counts }, webauthn: { enabled: webauthn, passwordless } });
    const credentials = owned(chosen);
    for (const [level, aal] of [["first", "aal1"], ["second", "aal2"]] as const) {
      const step = loginStep(level, identity(), credentials, true);
      const keys = enabledFactors(config).filter(({ id }) => id === "passkey" || id === "webauthn");
      const shown = await Promise.all(keys.map(async (factor) => ((await factor.login?.nodes(step, context({ config })))?.nodes.length ?? 0) > 0 ? [factor.id] : []));
      const usable = usableAll(credentials, config).filter((entry) => entry.aal === aal && (entry.method === "passkey" || entry.method === "webauthn"));
      expect(shown.flat()).toEqual(usable.map(({ method }) => method));
    }
  }), { numRuns: 150 });
});
