import { expect, it } from "vitest";
import type { Flow } from "../model/flow";
import { hookContext } from "./payload";
import type { HookOccasion } from "./payload";

const NOW = new Date("2026-07-01T10:00:00.000Z");
const SECRETS = "code=c1&handover=c2&init_code=c3&return_to_code=c4&state=c5&token=c6";
const BASE = "https://rung.test/self-service/login/browser";

it("codes, tokens and handovers of a provider's dance are cut out of both addresses, and nothing else is", () => {
  const flow = {
    id: "f", kind: "login", type: "browser", state: "choose_method", active: null, requestUrl: `${BASE}?${SECRETS}&aal=aal1`, returnTo: null, nodes: [], messages: [],
    internal: {}, transientPayload: null, csrfHash: null, identityId: null, sessionId: null, requestedAal: "aal1", refresh: false,
    issuedAt: NOW, expiresAt: NOW, completedAt: null, createdAt: NOW, updatedAt: NOW,
  } as unknown as Flow;
  const config = {
    baseUrl: "https://rung.test", session: { cookieName: "s" }, csrfCookieName: "c", deviceCookieName: "d",
    webHooks: { headerAllowlist: [], allowPrivateRanges: false, privateExceptionUrls: [] },
  } as unknown as HookOccasion["config"];
  const context = hookContext({
    when: "before", flow, identity: null, session: null, config, origin: { method: "GET", headers: {}, cookies: {} },
    url: new URL(`${BASE}?flow=f&${SECRETS}`), now: NOW,
  });
  expect(context.request_url).toBe(`${BASE}?flow=f`);
  expect((context.flow as { readonly request_url: string }).request_url).toBe(`${BASE}?aal=aal1`);
  expect(JSON.stringify(context)).not.toMatch(/c[1-6]"|=c[1-6]/);
});
