import { describe, expect, test } from "vitest";
import { testProject } from "../factors/testing";
import type { ProjectId } from "../model/ids";
import type { OidcProviderConfig } from "../model/project";
import type { AskUpstream, UpstreamAnswer, UpstreamRules } from "./http";
import { rulesFor } from "./http";
import { createMemory, FAILED_FOR_MS, REMEMBERED } from "./memory";
import { keysOf, metadataOf } from "./metadata";

const NOW = new Date("2026-07-01T10:00:00.000Z");
const later = (ms: number): Date => new Date(NOW.getTime() + ms);
const RULES: UpstreamRules = { project: "garden", allowPrivate: false, exceptions: [], deadlineMs: Infinity };
let providers = 0;

/** A provider that nobody has asked before; its answers wait until they are let go. */
function newProvider() {
  providers += 1;
  const base = `https://once-${String(providers)}.example`;
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  let away = false;
  let slow = false;
  const answer = (url: string): UpstreamAnswer => (away ? { status: 503, body: "" } : { status: 200, body: JSON.stringify(url.endsWith("/jwks") ? { keys: [{ kid: "one" }] } : {
    issuer: base, authorization_endpoint: `${base}/a`, token_endpoint: `${base}/t`, jwks_uri: `${base}/jwks`,
  }) });
  const ask: AskUpstream = ({ url }) => {
    asked.push(url.slice(base.length));
    if (!slow) return Promise.resolve(answer(url));
    return new Promise((resolve) => waiting.push(() => resolve(answer(url))));
  };
  const config = { kind: "generic", issuerUrl: base } as OidcProviderConfig;
  return {
    asked, ask,
    mood(changes: { readonly away?: boolean; readonly slow?: boolean }) {
      away = changes.away ?? away;
      slow = changes.slow ?? slow;
      asked.length = 0;
    },
    letGo() {
      for (const go of waiting.splice(0)) go();
    },
    found: (now = NOW, rules = RULES) => metadataOf(config, ask, rules, now),
    keys: async (now = NOW, fresh = false, rules = RULES) => (await keysOf(await metadataOf(config, ask, rules, now), ask, rules, now, fresh)).keys,
  };
}
const isAway = { failure: "oidc_unavailable" };

describe("a provider", () => {
  test("that is slow is asked once by all who wait for it, whether it answers or fails", async () => {
    const provider = newProvider();
    provider.mood({ slow: true });
    const finding = [1, 2, 3].map((ms) => provider.found(later(ms)));
    expect(provider.asked).toEqual(["/.well-known/openid-configuration"]);
    provider.letGo();
    await Promise.all(finding);

    provider.mood({ away: true });
    const reading = Promise.allSettled([5, 4, 6].map((ms) => provider.keys(later(ms))));
    await expect.poll(() => provider.asked).toEqual(["/jwks"]);
    provider.letGo();
    expect((await reading).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(provider.asked).toEqual(["/jwks"]);
  });

  test("whose keys cannot be had is asked again after seconds, also by requests whose clock ran a little behind, and then serves again", async () => {
    const provider = newProvider();
    await provider.found();
    provider.mood({ away: true });
    for (const ms of [0, -3, 1, FAILED_FOR_MS - 1]) await expect(provider.keys(later(ms))).rejects.toMatchObject(isAway);
    expect(provider.asked).toEqual(["/jwks"]);
    provider.mood({ away: false });
    await expect(provider.keys(later(FAILED_FOR_MS - 1))).rejects.toMatchObject(isAway);
    expect(await provider.keys(later(FAILED_FOR_MS))).toEqual([{ kid: "one" }]);
    expect(provider.asked).toEqual(["/jwks"]);
  });

  test("is asked for an unknown key at most once in such a time, and goes on with the keys it gave before", async () => {
    const provider = newProvider();
    await provider.keys();
    provider.mood({});
    const after = 20_000;
    for (const ms of [0, 1, 2]) await provider.keys(later(after + ms), true);
    expect(provider.asked).toEqual(["/jwks"]);
    provider.mood({ away: true });
    for (const ms of [0, 1, 2]) await expect(provider.keys(later(2 * after + ms), true)).rejects.toMatchObject(isAway);
    expect(provider.asked).toEqual(["/jwks"]);
    expect(await provider.keys(later(2 * after + 3))).toEqual([{ kid: "one" }]);
  });

  test("that failed for one project is asked for another, and what one was told is not told to another", async () => {
    const provider = newProvider();
    provider.mood({ away: true });
    await expect(provider.keys()).rejects.toMatchObject(isAway);
    provider.mood({ away: false });
    const project = testProject();
    const other = { ...project, row: { ...project.row, id: "00000000-0000-4000-8000-000000000002" as ProjectId } };
    expect(rulesFor(project).project).not.toBe(rulesFor(other).project);
    expect(await provider.keys(NOW, false, rulesFor(other))).toEqual([{ kid: "one" }]);
    await provider.keys(NOW, false, rulesFor(project));
    expect(provider.asked.filter((path) => path === "/jwks")).toHaveLength(2);
  });
});

test("so many answers and failures are remembered; the oldest goes first", async () => {
  const memory = createMemory<number>();
  let asked = 0;
  const fetch = () => Promise.resolve(asked += 1);
  for (let n = 0; n <= REMEMBERED; n += 1) await memory.read(`lane ${String(n)}`, NOW, 1_000, fetch, false);
  await memory.read("lane 1", NOW, 1_000, fetch, false);
  expect(asked).toBe(REMEMBERED + 1);
  await memory.read("lane 0", NOW, 1_000, fetch, false);
  expect(asked).toBe(REMEMBERED + 2);
});

test("a caller whose time is nearly up asks for itself alone, and its failure is nobody else's", async () => {
  const memory = createMemory<number>();
  const away = () => Promise.reject(new Error("cut off"));
  let cutOff: () => void = () => undefined;
  const hurried = memory.read("lane", NOW, 1_000, () => new Promise((_resolve, reject) => { cutOff = () => reject(new Error("cut off")); }), true);
  expect(await memory.read("lane", NOW, 1_000, () => Promise.resolve(2), false), "nobody waits for it").toBe(2);
  cutOff();
  await expect(hurried).rejects.toThrow("cut off");
  await expect(memory.read("other", NOW, 1_000, away, true)).rejects.toThrow("cut off");
  expect(await memory.read("other", NOW, 1_000, () => Promise.resolve(3), false), "nothing is remembered against the provider").toBe(3);
});
