import { generate } from "otplib";
import { projectTemplate } from "../config/defaults";
import { ephemeralKeyRing } from "../crypto/keys";
import { hashCsrf, randomId } from "../crypto/token";
import { testDatabase } from "../db/testing";
import { readEnv } from "../env";
import type { Flow, FlowKind, Transport } from "../model/flow";
import type { JsonObject, JsonValue } from "../model/identity";
import { DEFAULT_WORKSPACE_ID } from "../platform/first-boot";
import { createProject } from "../platform/projects";
import { createServices } from "../services";
import type { Services } from "../services";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";

/** A clock that tests move. */
export interface MovedClock {
  now(): Date;
  forward(seconds: number): void;
}

export interface Bench {
  readonly services: Services;
  readonly clock: MovedClock;
  close(): Promise<void>;
}

/** Services over an in-memory database, the floor hash profile, no answer floor, and a clock that stands still. */
export async function bench(): Promise<Bench> {
  let at = new Date("2026-07-01T10:00:10.000Z");
  const clock: MovedClock = { now: () => at, forward: (seconds) => { at = new Date(at.getTime() + seconds * 1_000); } };
  const db = await testDatabase();
  const env = readEnv({ NODE_ENV: "test", RUNG_PASSWORD_PROFILE: "floor" });
  const services = await createServices({ env, db, keys: ephemeralKeyRing(), clock, floorMs: 0 });
  return { services, clock, close: () => services.close() };
}

/** One browser or app: remembers its token as a cookie jar would. */
export interface Client {
  token: string | null;
  readonly transport: Transport;
  start(kind: FlowKind, query?: string): Promise<Flow>;
  submit(flow: Flow, payload: JsonObject): Promise<FlowResult>;
  resume(flow: Flow): Promise<FlowResult>;
  request(path: string): Promise<FlowRequest>;
}

export function client(bench: Bench, transport: Transport = "browser", host = "localhost:4000", ipAddress: string | null = null): Client {
  const { services } = bench;
  const csrfHash = hashCsrf(randomId());
  const self: Client = {
    token: null,
    transport,
    async request(path) {
      const found = await services.resolver.byHost(host);
      if (!found) throw new Error(`no project at ${host}`);
      const project = await services.resolver.current(found);
      const handle = services.db.forProject(project.row.id);
      const now = services.clock.now();
      const session = await services.readSession(handle, self.token, project, now);
      return {
        project, handle, transport, session, sessionToken: session ? self.token : null, csrfHash: transport === "browser" ? csrfHash : null,
        isKnownDevice: () => false, device: { ipAddress, userAgent: "test" }, url: new URL(path, project.config.baseUrl), now, requestId: "test",
        locale: "en", origin: { method: "POST", headers: {}, cookies: {} },
      };
    },
    async start(kind, query = "") {
      return services.engine.start(kind, await self.request(`/self-service/${kind}/${transport === "browser" ? "browser" : "api"}${query}`));
    },
    async submit(flow, payload) {
      return keep(await services.engine.submit(flow.kind, flow.id, payload, await self.request(`/self-service/${flow.kind}?flow=${flow.id}`)));
    },
    async resume(flow) {
      return keep(await services.engine.resume(flow.id, await self.request(`/self-service/settings?flow=${flow.id}`)));
    },
  };
  const keep = (result: FlowResult): FlowResult => {
    if (result.kind === "completed" && result.issued) self.token = result.issued.token;
    return result;
  };
  return self;
}

export const PASSWORD = "a ladder with seven rungs";

export async function register(who: Client, email: string): Promise<FlowResult> {
  return who.submit(await who.start("registration"), { method: "password", traits: { email }, password: PASSWORD });
}

export async function signIn(who: Client, email: string, query = ""): Promise<FlowResult> {
  return who.submit(await who.start("login", query), { method: "password", identifier: email, password: PASSWORD });
}

/** Enrols an authenticator app and answers its secret. */
export async function enrolTotp(who: Client, bench: Bench): Promise<string> {
  const flow = await who.start("settings");
  const secret = secretOf(flow);
  const result = await who.submit(flow, { method: "totp", totp_code: await codeOf(secret, bench) });
  if (result.kind !== "completed") throw new Error(`enrolment refused: ${JSON.stringify(result.flow.messages)}`);
  return secret;
}

export function secretOf(flow: Flow): string {
  for (const { attributes } of flow.nodes) {
    if (attributes.node_type === "text" && attributes.id === "totp_secret_key") return String(attributes.text.context?.["secret"]);
  }
  throw new Error("the form shows no secret");
}

export function codeOf(secret: string, { clock }: Pick<Bench, "clock">): Promise<string> {
  return generate({ secret, epoch: Math.floor(clock.now().getTime() / 1_000) });
}

/** Ids of all messages of an answer, container first. */
export function messageIds(result: FlowResult): readonly number[] {
  return [...result.flow.messages, ...result.flow.nodes.flatMap((node) => node.messages)].map((message) => message.id);
}

/** A project of its own at `<slug>.localhost:4000`: the template with these values at these dotted places. Answers its host. */
export async function addProject(bench: Bench, slug: string, values: Readonly<Record<string, JsonValue>>, options: { readonly lax?: boolean } = {}): Promise<string> {
  const document = Object.entries(values).reduce<JsonObject>((whole, [place, value]) => withValueAt(whole, place.split("."), value), projectTemplate("app", options));
  await createProject({
    platform: bench.services.db.platform, hosts: bench.services.env, workspaceId: DEFAULT_WORKSPACE_ID, slug, name: slug,
    author: { kind: "system", id: null, label: "test" }, document, now: bench.clock.now(),
  });
  return `${slug}.localhost:4000`;
}

function withValueAt(object: JsonObject, [key = "", ...deeper]: readonly string[], value: JsonValue): JsonObject {
  const inner = object[key];
  const group = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as JsonObject) : {};
  return { ...object, [key]: deeper.length === 0 ? value : withValueAt(group, deeper, value) };
}

/** What the engine hands to the flows, for tests of one step alone. */
export function depsOf({ services }: Bench): EngineDeps {
  const { keys, passwords, limitsFor, metrics } = services;
  return { keys, passwords, limitsFor, metrics, hooks: { ask: () => Promise.resolve({ kind: "go", patch: null }) }, askOlderSystem: () => Promise.resolve(false), readIdToken: () => Promise.resolve({ kind: "refused", reason: "oidc_unavailable", because: "none" }), floor: () => Promise.resolve() };
}

/** A letter or text message as it lies in the outbox, opened. */
export interface SentLetter {
  readonly template: string;
  readonly to: string;
  readonly data: JsonObject;
}

/** Everything that was written to an address, newest first. */
export async function lettersTo(bench: Bench, address: string, host = "localhost:4000"): Promise<readonly SentLetter[]> {
  const { services } = bench;
  const project = await services.resolver.byHost(host);
  if (!project) throw new Error(`no project at ${host}`);
  const messages = await services.db.forProject(project.row.id).listMessages({ limit: 200 });
  return messages.map(({ template, sealed, dedupe }) => {
    const { to, data } = JSON.parse(services.keys.open("outbox", sealed, [project.row.id, dedupe])) as { readonly to: string; readonly data: JsonObject };
    return { template, to, data };
  }).filter(({ to }) => to === address);
}

/** The codes that were sent to an address, newest first. */
export async function codesSentTo(bench: Bench, address: string, host?: string): Promise<readonly string[]> {
  const letters = await lettersTo(bench, address, host);
  return letters.map(({ data }) => data["code"]).filter((code): code is string => typeof code === "string");
}
