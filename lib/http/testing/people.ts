import type { IdentityApi } from "@ory/client";
import type { ProjectHandle } from "../../db/handles";
import type { ProjectId } from "../../model/ids";
import { createApiKey } from "../../platform/api-keys";
import { csrfOf, testEdge, text } from "../testing";
import type { Json, TestClient, TestEdge } from "../testing";
import { identityApi } from "./ory-client";

/* An operator with a key of the default project, and people who sign in while the operator changes them. */

export const PASSWORD = "kettle violin 93 marsh";

export interface Operated {
  readonly edge: TestEdge;
  readonly api: IdentityApi;
  readonly key: string;
  readonly projectId: ProjectId;
  readonly handle: ProjectHandle;
  /** Any request with the key, by hand. */
  send(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: Json; readonly headers: Headers }>;
}

export async function operated(): Promise<Operated> {
  const edge = await testEdge();
  const project = await edge.services.resolver.byHost("localhost:4000");
  if (project === null) throw new Error("no project");
  const projectId = project.row.id;
  const { token } = await createApiKey(edge.services.db.platform, { projectId }, { name: "ops", expiresAt: null }, edge.services.clock.now());
  return {
    edge, projectId, key: token, api: identityApi(edge, { key: token }), handle: edge.services.db.forProject(projectId),
    async send(method, path, body) {
      const answer = await edge.client().send(method, path, { headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body }) });
      const raw = await answer.text();
      return { status: answer.status, headers: answer.headers, body: (raw === "" ? {} : JSON.parse(raw)) as Json };
    },
  };
}

interface Answered { readonly status: number; readonly body: Json }

/** Submits a step of a login flow as a script in a page. */
export async function submitLogin(browser: TestClient, flow: Json, payload: Readonly<Record<string, unknown>>): Promise<Answered> {
  return browser.json("POST", `/self-service/login?flow=${text(flow["id"])}`, { csrf_token: csrfOf(flow), ...payload });
}

export async function loginFlow(browser: TestClient, query = ""): Promise<Json> {
  return (await browser.json("GET", `/self-service/login/browser${query}`)).body;
}

export async function signIn(browser: TestClient, identifier: string, password = PASSWORD): Promise<number> {
  const { status } = await submitLogin(browser, await loginFlow(browser), { method: "password", identifier, password });
  return status;
}

/** The second step of a browser that is signed in. */
export async function stepUp(browser: TestClient, payload: (flow: Json) => Readonly<Record<string, unknown>>): Promise<number> {
  const flow = await loginFlow(browser, "?aal=aal2");
  return (await submitLogin(browser, flow, payload(flow))).status;
}

/** The session's level; null when nobody is signed in. */
export async function levelOf(browser: TestClient): Promise<string | null> {
  const { status, body } = await browser.json("GET", "/sessions/whoami");
  return status === 200 ? text(body["authenticator_assurance_level"]) : status === 403 ? "too low" : null;
}

/** The value of a node. */
export function valueOf(flow: Json, name: string): unknown {
  const nodes = flow["ui"]?.["nodes"] as unknown as readonly { readonly attributes: { readonly name?: string; readonly value?: unknown } }[];
  return nodes.find((node) => node.attributes.name === name)?.attributes.value;
}
