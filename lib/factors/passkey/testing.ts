import { authenticator, publicKeyOf } from "../../../e2e/kit/authenticator";
import type { Authenticator, AuthenticatorOptions, Bend, CreationOptions, RequestOptions, SoftKey } from "../../../e2e/kit/authenticator";
import type { Client } from "../../flows/testing";
import type { FlowResult } from "../../flows/result";
import type { Flow } from "../../model/flow";
import type { InputAttributes, Node } from "../../model/node";

/** Whole flows with a software authenticator. Never imported by the product. */
export function device(host: string, options: Partial<AuthenticatorOptions> = {}): Authenticator {
  return authenticator({ origin: `http://${host}`, ...options });
}

export function inputOf(flow: Pick<Flow, "nodes">, name: string): InputAttributes {
  const found = flow.nodes.map(({ attributes }) => attributes).find((input): input is InputAttributes => input.node_type === "input" && input.name === name);
  if (found === undefined) throw new Error(`the form has no ${name}`);
  return found;
}
export const inputsOf = (flow: Pick<Flow, "nodes">, name: string): readonly Node[] =>
  flow.nodes.filter(({ attributes }) => attributes.node_type === "input" && attributes.name === name);
export const creationIn = (flow: Flow, name = "passkey_create_data"): CreationOptions => publicKeyOf<CreationOptions>(inputOf(flow, name).value);
export const requestIn = (flow: Flow, name = "passkey_challenge"): RequestOptions => publicKeyOf<RequestOptions>(inputOf(flow, name).value);

/** Adds a passkey to the account of whoever is signed in. */
export async function addPasskey(who: Client, keys: Authenticator, bend: Bend = {}): Promise<FlowResult> {
  const flow = await who.start("settings");
  return who.submit(flow, { method: "passkey", passkey_settings_register: keys.register(creationIn(flow), bend) });
}

export async function addKey(who: Client, keys: Authenticator, name: string, bend: Bend = {}): Promise<FlowResult> {
  const flow = await who.start("settings");
  return who.submit(flow, {
    method: "webauthn", webauthn_register_displayname: name, webauthn_register: keys.register(creationIn(flow, "webauthn_register_trigger"), bend),
  });
}

export async function signInWithPasskey(who: Client, keys: Authenticator, bend: Bend = {}, query = "", key?: SoftKey): Promise<FlowResult> {
  const flow = await who.start("login", query);
  return who.submit(flow, { method: "passkey", passkey_login: keys.authenticate(requestIn(flow), bend, key) });
}

export async function answerWithKey(who: Client, keys: Authenticator, bend: Bend = {}, query = "?aal=aal2"): Promise<FlowResult> {
  const flow = await who.start("login", query);
  return who.submit(flow, { method: "webauthn", webauthn_login: keys.authenticate(requestIn(flow, "webauthn_login_trigger"), bend) });
}

export const levelOf = (result: FlowResult): string | null => (result.kind === "completed" ? result.issued?.session.aal ?? null : null);
