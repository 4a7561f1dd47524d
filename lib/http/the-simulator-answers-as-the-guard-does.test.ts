import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectTemplate } from "../config/defaults";
import { hashToken } from "../crypto/token";
import { seedPerson, seedProject, seedSession } from "../db/testing";
import { continueUrl } from "../flows/decide";
import type { AuthenticationMethod } from "../model/assurance";
import type { NewCredential } from "../db/handles";
import type { JsonObject } from "../model/identity";
import type { IdentityId } from "../model/ids";
import type { Area } from "../model/policy";
import type { Project } from "../model/project";
import type { Session } from "../model/session";
import { areaOfPath } from "../policy/areas";
import { simulate } from "../platform/simulate";
import { explain } from "../platform/commands-explain";
import type { Admin } from "./console";
import { readSimulation } from "./console-simulate";
import { guardPath, returnHere } from "./guard-path";
import { openExchange } from "./exchange";
import type { Exchange } from "./exchange";
import { registerIn, testEdge } from "./testing";
import type { TestEdge } from "./testing";

const NOW = new Date("2026-07-01T10:00:00Z");
const MINUTE = 60_000;

/** Every page there is, as somebody would ask for it. */
function pagesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return pagesBelow(`${folder}/${entry.name}`);
    return entry.name === "page.tsx" ? [folder.replace(/^app/, "").replace(/\/\([^)]*\)/g, "").replace(/\[[^\]]*\]/g, "x") || "/"] : [];
  });
}
const PAGES = pagesBelow("app").filter((path) => !path.startsWith("/console"));
const ODD = [
  "/settings/deep", "/settings/deep/er", "/%73ettings", "//settings/", "/settingsx", "/settings%2Fdeep", "/payment/new", "/%70ayment", "/orders/../payment", "/login/x", "/login%2f..%2fpayment", "/nowhere",
];
const PATHS = [...PAGES, ...ODD];
const SOME = ["/settings", "/login", "/payment", "/settings/deep", "/orders", "/nowhere"];
const RULES: Readonly<Record<string, readonly JsonObject[]>> = {
  "the template's rules": [{ prefix: "/payment", required_aal: "aal2", max_age: "15m" }, { prefix: "/orders", required_aal: "highest_available" }],
  // What would lock everybody out: rules over everything, and over the screens themselves.
  "rules over everything": [
    { prefix: "/", required_aal: "aal1" }, { prefix: "/settings/deep", required_aal: "aal2", methods: ["webauthn"] }, { prefix: "/login", required_aal: "aal2" },
    { prefix: "/payment", required_aal: "aal2", max_age: "15m", methods: ["totp"] },
  ],
};

const proof = (method: AuthenticationMethod["method"], aal: "aal1" | "aal2", minutes: number): AuthenticationMethod => ({ method, aal, completedAt: new Date(NOW.getTime() - minutes * MINUTE) });
const totp: NewCredential = { type: "totp", sealedSecret: "v1.k.n.c", lastStep: 0, at: NOW };
const PEOPLE: readonly (readonly NewCredential[])[] = [[], [totp]];
const SESSIONS: readonly (readonly AuthenticationMethod[])[] = [
  [proof("password", "aal1", 1)], [proof("password", "aal1", 61)], [proof("password", "aal1", 61), proof("totp", "aal2", 1)], [proof("password", "aal1", 61), proof("totp", "aal2", 16)],
];

interface House {
  readonly project: Project;
  readonly sessions: readonly { readonly token: string; readonly person: IdentityId; readonly session: Session }[];
}
let edge: TestEdge;
let exchange: Exchange;
let admin: Admin;
const houses = new Map<string, House>();
const CASES = Object.keys(RULES).flatMap((rules) => ["highest_available", "aal1"].flatMap((signIn) => ["highest_available", "aal1"].map((settings) => [rules, signIn, settings] as const)));

beforeAll(async () => {
  edge = await testEdge(NOW);
  const client = edge.client();
  await registerIn(client, "owner@garden.test", "kettle violin 93 marsh");
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  exchange = await openExchange({ headers: new Headers({ host: "localhost:4000", cookie }), target: "/console" }, edge.services);
  admin = { session: exchange.session!.session, identity: exchange.session!.identity };
  await edge.db.platform.insertAdmin(admin.identity.id, "owner", NOW);
  for (const [rules, signIn, settings] of CASES) {
    const template = projectTemplate("app");
    const document: JsonObject = {
      ...template, session: { whoami: { required_aal: signIn } },
      rung: { protected_paths: [...RULES[rules] ?? []] },
      selfservice: { ...(template["selfservice"] as JsonObject), flows: { settings: { required_aal: settings } } },
    };
    const { row, handle } = await seedProject(edge.services.db, { document });
    const project = { row, config: await edge.services.resolver.configFor(row, 1) };
    const sessions: House["sessions"][number][] = [];
    for (const [kind, credentials] of PEOPLE.entries()) {
      const name = `p${String(kind)}@garden.test`;
      const { identity } = await seedPerson(handle, [{ type: "password", hash: "$argon2id$x", identifiers: [name], at: NOW }, ...credentials], name);
      for (const [index, methods] of SESSIONS.entries()) {
        const token = `token-${row.slug}-${String(kind)}-${String(index)}`;
        const session = await seedSession(handle, identity.id, { methods, aal: methods.length > 1 ? "aal2" : "aal1", issuedAt: NOW, expiresAt: new Date(NOW.getTime() + 60 * MINUTE), tokenHash: hashToken(token) });
        sessions.push({ token, person: identity.id, session });
      }
    }
    houses.set([rules, signIn, settings].join(), { project, sessions });
  }
});
afterAll(() => edge.close());

const hostOf = ({ project }: House): string => new URL(project.config.baseUrl).host;
/** The simulator for one session, read once as a request would read it. */
const simulator = async ({ project }: House, at: House["sessions"][number] | null) => {
  const view = at === null ? null : await edge.services.readSession(edge.db.forProject(project.row.id), at.token, project, NOW);
  expect(view === null).toBe(at === null);
  return (path: string) => simulate({
    policy: project.config.policy, area: areaOfPath(path, project.config), session: view?.session ?? null, subject: view?.subject ?? { availableAal: "aal0", usable: [] }, now: NOW,
  });
};

describe.each(CASES)("%s, sign-in %s, settings %s", (...name) => {
  test("the guard turns round whom the simulator refuses, to the same place", async () => {
    const house = houses.get(name.join())!;
    let [guarded, open] = [0, 0];
    for (const at of [null, ...house.sessions]) {
      const headers = new Headers({ host: hostOf(house), ...(at === null ? {} : { "x-session-token": at.token }) });
      const simulated = await simulator(house, at);
      for (const path of PATHS) {
        const { decision } = simulated(path);
        const onward = continueUrl(decision, house.project, returnHere(house.project.config, path));
        expect([path, at?.session.methods.length, await guardPath(headers, path, edge.services)]).toEqual([path, at?.session.methods.length, onward]);
        if (decision.kind === "allow") open += 1;
        else guarded += 1;
      }
    }
    expect(Math.min(guarded, open)).toBeGreaterThan(10);
  });

  test("the page of the console and the command say the same", async () => {
    const house = houses.get(name.join())!;
    const at = house.sessions.at(-1)!;
    const simulated = await simulator(house, at);
    for (const path of SOME) {
      const { decision, area, requirement } = simulated(path);
      const told = await explain(edge.services, { project: house.project.row.slug, identity: at.person, area: { kind: "path", pathname: path }, session: at.session.id });
      expect([told.area, told.requirement, told.decision]).toEqual([area, requirement, decision]);
    }
    for (const path of SOME.slice(0, 3)) {
      const page = await readSimulation(exchange, admin, house.project.row.slug, {
        person: at.person, first: "password", second: [], level: "aal1", minutes: 0, area: "path", where: path, policy: "live", revision: null,
      });
      expect(page?.result).toMatchObject({ kind: "answer", trace: { area: areaOfPath(path, house.project.config) satisfies Area } });
    }
  });
});

test("nobody is sent round for ever: the ways in stay open, and the way out is never behind a rule of paths", async () => {
  const house = houses.get("rules over everything,highest_available,highest_available")!;
  const nobody = new Headers({ host: hostOf(house) });
  for (const path of ["/login", "/registration", "/recovery", "/verification", "/error"]) expect([path, await guardPath(nobody, path, edge.services)]).toEqual([path, null]);
  const onlyPassword = new Headers({ host: hostOf(house), "x-session-token": house.sessions[0]!.token });
  expect(await guardPath(onlyPassword, "/settings", edge.services)).toBeNull();
  // A rule of its own below it does hold, and leads to the settings themselves.
  const onward = await guardPath(onlyPassword, "/settings/deep", edge.services);
  expect(new URL(onward ?? "").pathname).toBe("/self-service/settings/browser");
});
