import { generate } from "otplib";
import { projectTemplate } from "../../config/defaults";
import type { JsonObject } from "../../model/identity";
import type { IdentityId } from "../../model/ids";
import type { ProjectRow } from "../../model/project";
import { createApiKey } from "../../platform/api-keys";
import { DEFAULT_WORKSPACE_ID } from "../../platform/first-boot";
import { createProject } from "../../platform/projects";
import { csrfOf, text } from "../testing";
import type { Json, TestClient, TestEdge } from "../testing";
import { identityApi } from "./ory-client";

/* A project with one of everything that could be carried elsewhere. */

export const PASSWORD_OF = (slug: string): string => `kettle violin 93 ${slug} marsh`;
/** The same person is in every project, by the same name. */
export const SHARED_EMAIL = "ada@everywhere.test";

/** A client that speaks to one host, and keeps the cookies of one browser. */
export function browserAt(edge: TestEdge, host: string): TestClient {
  const client = edge.client();
  const send: TestClient["send"] = (method, path, options = {}) => client.send(method, path, { ...options, headers: { host, ...options.headers } });
  return {
    cookies: client.cookies, send,
    async json(method, path, body) {
      const answer = await send(method, path, { headers: { accept: "application/json" }, ...(body === undefined ? {} : { body }) });
      const said = await answer.text();
      return { status: answer.status, headers: answer.headers, body: said === "" ? {} : JSON.parse(said) as Json };
    },
  };
}

export interface Things {
  readonly row: ProjectRow;
  readonly host: string;
  readonly key: string;
  readonly browser: TestClient;
  readonly sessionCookie: readonly [name: string, value: string];
  readonly identityId: string;
  readonly externalId: string;
  readonly sessionId: string;
  readonly logoutToken: string;
  /** Browser flows and native ones, by kind. */
  readonly flows: Readonly<Record<string, string>>;
  readonly apiFlows: Readonly<Record<string, string>>;
  readonly csrfToken: string;
  readonly errorId: string;
  readonly messageId: string;
  /** A recovery that an admin began: its flow, its code, its link. */
  readonly recovery: { readonly flow: string; readonly code: string; readonly linkFlow: string; readonly linkToken: string };
  readonly exchange: { readonly init: string; readonly back: string };
  readonly totpSecret: string;
  readonly totpCode: () => Promise<string>;
}

export async function projectWithEverything(edge: TestEdge, slug: string, options: { readonly lax?: boolean; readonly hosts?: readonly string[] } = {}): Promise<Things> {
  const now = edge.services.clock.now();
  const { platform } = edge.services.db;
  const row = await createProject({
    platform, hosts: edge.services.env, workspaceId: DEFAULT_WORKSPACE_ID, slug, name: `Name of ${slug}`, customHosts: options.hosts ?? [],
    author: { kind: "system", id: null, label: "test" }, document: documentOf(slug, options.lax === true), now,
  });
  edge.services.resolver.forgetHosts();
  const host = `${slug}.localhost:4000`;
  const { token: key } = await createApiKey(platform, { projectId: row.id }, { name: `key of ${slug}`, expiresAt: null }, now);
  const browser = browserAt(edge, host);
  await register(browser, slug);
  edge.pass(61_000);
  const { secret, code } = await enrol(edge, browser);
  const who = (await browser.json("GET", "/sessions/whoami")).body;
  const identityId = text(who["identity"]?.["id"]);
  const handle = edge.services.db.forProject(row.id);
  const externalId = `external-of-${slug}`;
  const identity = await handle.findIdentity(identityId as IdentityId);
  await handle.transaction((tx) => tx.updateIdentity(identityId as IdentityId, { version: identity?.version ?? 0, externalId, metadataAdmin: { note: `note of ${slug}` }, at: now }));
  const flows = await flowsOf(edge, host, browser);
  const api = identityApi(edge, { key, host });
  const recovery = (await api.createRecoveryCodeForIdentity({ createRecoveryCodeForIdentityBody: { identity_id: identityId, expires_in: "24h" } })).data;
  const link = new URL((await api.createRecoveryLinkForIdentity({ createRecoveryLinkForIdentityBody: { identity_id: identityId, expires_in: "24h" } })).data.recovery_link);
  const exchange = (await browserAt(edge, host).json("GET", "/self-service/login/api?return_session_token_exchange_code=true&return_to=/")).body;
  const [message] = await handle.listMessages({ limit: 1 });
  const [name, value] = [...browser.cookies].find(([cookie]) => cookie.includes("session")) ?? ["", ""];
  return {
    row, host, key, browser, sessionCookie: [name, value], identityId, externalId, sessionId: text(who["id"]),
    logoutToken: text((await browser.json("GET", "/self-service/logout/browser")).body["logout_token"]),
    ...flows, errorId: await handle.transaction((tx) => tx.insertFlowError({ message: `error of ${slug}` }, now)), messageId: message?.id ?? "",
    recovery: {
      flow: new URL(recovery.recovery_link).searchParams.get("flow") ?? "", code: recovery.recovery_code,
      linkFlow: link.searchParams.get("flow") ?? "", linkToken: link.searchParams.get("token") ?? "",
    },
    exchange: { init: text(exchange["session_token_exchange_code"]), back: text(exchange["session_token_exchange_code"]) },
    totpSecret: secret, totpCode: code,
  };
}

function documentOf(slug: string, lax: boolean): JsonObject {
  const base = projectTemplate("app", { lax });
  const selfservice = base["selfservice"] as JsonObject;
  const methods = selfservice["methods"] as JsonObject;
  return {
    ...base,
    identity: { default_schema_id: "person", schemas: [{ id: "person", url: "preset://email" }, { id: `schema-of-${slug}`, url: "preset://email" }] },
    selfservice: { ...selfservice, methods: { ...methods, link: { enabled: true }, totp: { enabled: true } } },
    rung: { ...(base["rung"] as JsonObject | undefined), brand: { name: `Brand of ${slug}` } },
  };
}

async function register(browser: TestClient, slug: string): Promise<void> {
  const started = (await browser.json("GET", "/self-service/registration/browser")).body;
  const traits = { email: SHARED_EMAIL };
  const done = await browser.json("POST", `/self-service/registration?flow=${text(started["id"])}`, { method: "password", csrf_token: csrfOf(started), password: PASSWORD_OF(slug), traits });
  if (done.status !== 200) throw new Error(JSON.stringify(done.body));
}

async function enrol(edge: TestEdge, browser: TestClient): Promise<{ readonly secret: string; readonly code: () => Promise<string> }> {
  const settings = (await browser.json("GET", "/self-service/settings/browser")).body;
  const nodes = settings["ui"]?.["nodes"] as unknown as readonly { readonly attributes: { readonly id?: string; readonly text?: { readonly context?: { readonly secret?: string } } } }[];
  const secret = nodes.find(({ attributes }) => attributes.id === "totp_secret_key")?.attributes.text?.context?.secret ?? "";
  const code = () => generate({ secret, epoch: Math.floor(edge.services.clock.now().getTime() / 1_000) });
  const done = await browser.json("POST", `/self-service/settings?flow=${text(settings["id"])}`, { method: "totp", totp_code: await code(), csrf_token: csrfOf(settings) });
  if (done.status !== 200) throw new Error(JSON.stringify(done.body));
  return { secret, code };
}

const KINDS = ["login", "registration", "recovery", "verification"] as const;

async function flowsOf(edge: TestEdge, host: string, browser: TestClient): Promise<Pick<Things, "flows" | "apiFlows" | "csrfToken">> {
  const stranger = browserAt(edge, host);
  const settings = (await browser.json("GET", "/self-service/settings/browser")).body;
  const flows: Record<string, string> = { settings: text(settings["id"]) };
  const apiFlows: Record<string, string> = { settings: text(settings["id"]) };
  for (const kind of KINDS) {
    flows[kind] = text((await stranger.json("GET", `/self-service/${kind}/browser`)).body["id"]);
    apiFlows[kind] = text((await browserAt(edge, host).json("GET", `/self-service/${kind}/api`)).body["id"]);
  }
  return { flows, apiFlows, csrfToken: csrfOf(settings) };
}
