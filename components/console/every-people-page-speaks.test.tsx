import { readFileSync } from "node:fs";
import type { ReactNode } from "react";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { hashToken, newCsrfSecret, newSessionToken } from "../../lib/crypto/token";
import { seedPerson, seedSession } from "../../lib/db/testing";
import { testEdge } from "../../lib/http/testing";
import type { TestEdge } from "../../lib/http/testing";
import { LOCALES } from "../../lib/i18n/locale";
import { translator } from "../../lib/i18n/text";
import { brokenRules, show } from "../testing/page";

const incoming = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock("next/headers", () => ({ headers: async () => incoming.headers }));
vi.mock("react", async (original) => ({ ...(await original<object>()), cache: (run: unknown) => run }));
vi.mock("next/cache", () => ({ revalidatePath: () => undefined }));
vi.mock("next/navigation", () => ({
  redirect: (to: string) => {
    throw new Error(`redirect ${to}`);
  },
  notFound: () => {
    throw new Error("not found");
  },
}));
const [{ default: People }, { default: Person }, { default: Sessions }, { default: Audit }, { default: Keys }, { default: Messages }, { default: Jobs }, { default: Admins }] = await Promise.all([
  import("../../app/console/projects/[slug]/people/page"), import("../../app/console/projects/[slug]/people/[id]/page"), import("../../app/console/projects/[slug]/sessions/page"),
  import("../../app/console/projects/[slug]/audit/page"), import("../../app/console/projects/[slug]/api-keys/page"), import("../../app/console/projects/[slug]/messages/page"),
  import("../../app/console/projects/[slug]/jobs/page"), import("../../app/console/admins/page"),
]);

const [{ default: Overview }, { default: TwoFactor }, { default: Draft }, { default: Methods }, { default: Simulator }, { default: Revisions }] = await Promise.all([
  import("../../app/console/projects/[slug]/page"), import("../../app/console/projects/[slug]/two-factor/page"), import("../../app/console/projects/[slug]/two-factor/draft/page"),
  import("../../app/console/projects/[slug]/methods/page"), import("../../app/console/projects/[slug]/simulate/page"), import("../../app/console/projects/[slug]/revisions/page"),
]);

let edge: TestEdge;
let person = "";
const cookies = { owner: "", support: "" };
beforeAll(async () => {
  edge = await testEdge();
  const at = edge.services.clock.now();
  const home = (await edge.services.resolver.byHost("console.localhost:4000"))!;
  const handle = edge.db.forProject(home.row.id);
  for (const role of ["owner", "support"] as const) {
    const { identity } = await seedPerson(handle, [{ type: "password", hash: "x", identifiers: [`${role}@x.test`], at }, { type: "totp", sealedSecret: "v1.x", lastStep: 0, at }], `${role}@x.test`);
    await edge.db.platform.insertAdmin(identity.id, role, at);
    const token = newSessionToken();
    await seedSession(handle, identity.id, {
      tokenHash: hashToken(token), aal: "aal2", authenticatedAt: at, issuedAt: at, expiresAt: new Date(at.getTime() + 86_400_000),
      methods: [{ method: "password", aal: "aal1", completedAt: at }, { method: "totp", aal: "aal2", completedAt: at }],
    });
    cookies[role] = `${home.config.session.cookieName}=${token}; ${home.config.csrfCookieName}=${newCsrfSecret()}`;
  }
  const people = edge.db.forProject((await edge.services.resolver.bySlug("default"))!.row.id);
  const seeded = await seedPerson(people, [{ type: "password", hash: "x", identifiers: ["ada@x.test"], at }, { type: "totp", sealedSecret: "v1.x", lastStep: 0, at }], "ada@x.test");
  person = seeded.identity.id;
  await seedSession(people, seeded.identity.id, { issuedAt: at });
  await people.transaction(async (tx) => {
    await tx.enqueueMessage({ channel: "email", template: "factor_removed", recipientHint: "a…@x.test", sealed: "v1.x", dedupe: "1", identityId: seeded.identity.id, notBefore: at, expiresAt: null, at });
    await tx.appendAudit({ action: "factor.removed", actor: { kind: "admin", label: "o***@x.test" }, result: "ok", identityId: seeded.identity.id, details: { method: "totp" } }, at);
  });
});
afterAll(() => edge.close());

const ask = <T,>(value: T): Promise<T> => Promise.resolve(value);
const params = (): Promise<{ readonly slug: string }> => ask({ slug: "default" });
/** Every page, with as much on it as it can have. */
const PAGES: Readonly<Record<string, (query?: Record<string, string>) => Promise<ReactNode>>> = {
  people: (query = {}) => People({ params: params(), searchParams: ask(query) }),
  person: (query = { done: "factor_removed" }) => Person({ params: ask({ slug: "default", id: person }), searchParams: ask(query) }),
  sessions: (query = { done: "ended" }) => Sessions({ params: params(), searchParams: ask(query) }),
  audit: (query = { verify: "1" }) => Audit({ params: params(), searchParams: ask(query) }),
  keys: (query = { done: "deleted" }) => Keys({ params: params(), searchParams: ask(query) }),
  messages: (query = {}) => Messages({ params: params(), searchParams: ask(query) }),
  jobs: (query = { refused: "not_json", line: "3" }) => Jobs({ params: params(), searchParams: ask(query) }),
  admins: (query = { done: "last_owner" }) => Admins({ searchParams: ask(query) }),
};
async function shown(name: string, role: "owner" | "support", locale = "en", query?: Record<string, string>) {
  incoming.headers = new Headers({ host: "console.localhost:4000", "x-rung-path": "/console", cookie: cookies[role], "accept-language": locale });
  return show(await PAGES[name]!(query));
}

describe.each(Object.keys(PAGES))("the page of %s", (name) => {
  test("speaks every language, keeps the rules of a page, and shows no key instead of words", async () => {
    const seen = new Set<string>();
    for (const locale of LOCALES) {
      const page = await shown(name, "owner", locale);
      expect(brokenRules(page)).toEqual([]);
      expect(page.words).not.toMatch(/\bconsole\.[a-z]\w+/);
      seen.add(page.words);
    }
    expect(seen.size).toBe(LOCALES.length);
  });

  test("gives support nothing to press that changes anything", async () => {
    const { forms, words } = await shown(name, "support");
    const posting = forms.filter(({ html }) => !html.includes('method="get"') && !html.includes("/audit/export") && !html.includes('action="/self-service/'));
    expect(posting.map(({ html }) => html)).toEqual([]);
    expect(words).toMatch(/look|Support/i);
  });

  test("stays a page whatever stands in its address", async () => {
    const odd = { q: "%_'\\\u0000\ud800", filter: "x", state: "x", after: "!!", before: "-1", verify: "x", from: "2026-99-99", until: "x", by: "x", target: "x", aal: "x", done: "toString", refused: "x", line: "x", started: "1e9", kind: "constructor" };
    expect(brokenRules(await shown(name, "owner", "en", odd))).toEqual([]);
  });
});

test("every page of a project has its place in the navigation, says what is in force and who may only look, and is not found where there is no project", async () => {
  const pages = { Overview, TwoFactor, Draft, Methods, Simulator, Revisions, People, Person, Sessions, Audit, Keys, Messages, Jobs };
  for (const [name, page] of Object.entries(pages)) {
    incoming.headers = new Headers({ host: "console.localhost:4000", "x-rung-path": "/console", cookie: cookies.support, "accept-language": "en" });
    const { html, words } = show(await page({ params: ask({ slug: "default", id: person }), searchParams: ask({}) }));
    expect(html.match(/aria-current="page"/g), name).toHaveLength(1);
    expect(html.match(/data-testid="enforcement-banner"/g), name).toHaveLength(1);
    expect(words, name).toContain(translator("en").t("console.mayOnlyRead"));
    await expect(page({ params: ask({ slug: "nowhere", id: person }), searchParams: ask({}) }), name).rejects.toThrow("not found");
    incoming.headers = new Headers({ host: "console.localhost:4000", "x-rung-path": "/console", "accept-language": "en" });
    await expect(page({ params: ask({ slug: "default", id: person }), searchParams: ask({}) }), name).rejects.toThrow("redirect ");
  }
});

test("every action here checks the form, the admin and the second step before anything else", () => {
  const files = ["projects/[slug]/people/[id]", "projects/[slug]/sessions", "projects/[slug]/api-keys", "projects/[slug]/jobs", "admins"];
  for (const file of files) {
    const source = readFileSync(new URL(`../../app/console/${file}/actions.ts`, import.meta.url), "utf8");
    const bodies = source.split("export async function ").slice(1);
    expect(bodies.length).toBeGreaterThan(0);
    for (const body of bodies) expect(body.slice(body.indexOf("{\n") + 2).trimStart().startsWith("await admittedAction(formData);"), `${file}: ${body.slice(0, 40)}`).toBe(true);
  }
});
