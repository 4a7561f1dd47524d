import { authenticator, publicKeyOf } from "./authenticator";
import type { Authenticator, AuthenticatorOptions, Bend, CreationOptions, RequestOptions } from "./authenticator";
import { Browser } from "./client";
import { anyEmail } from "./fixtures";
import type { Answer } from "./http";
import type { TestServer } from "./server";
import { nodes, valueOf } from "./wire";
import type { FlowJson, NodeJson } from "./wire";

/* Keys and passkeys as a page's script handles them: options out of a flow, an answer into its field (contract 5.7, 5.8). */

export function device(browser: Browser, options: Partial<AuthenticatorOptions> = {}): Authenticator {
  return authenticator({ origin: new URL(browser.url("/")).origin, ...options });
}

export const keyOptions = (flow: FlowJson): CreationOptions => publicKeyOf(valueOf(flow, "webauthn_register_trigger"));
export const keyChallenge = (flow: FlowJson): RequestOptions => publicKeyOf(valueOf(flow, "webauthn_login_trigger"));
export const passkeyOptions = (flow: FlowJson): CreationOptions => publicKeyOf(valueOf(flow, "passkey_create_data"));
export const passkeyChallenge = (flow: FlowJson): RequestOptions => publicKeyOf(valueOf(flow, "passkey_challenge"));

export async function enrolKey(browser: Browser, holder: Authenticator, name = "Green key", bend: Bend = {}): Promise<Answer> {
  const flow = await browser.start("settings");
  return browser.submit(flow, { method: "webauthn", webauthn_register: holder.register(keyOptions(flow), bend), webauthn_register_displayname: name });
}
export async function enrolPasskey(browser: Browser, holder: Authenticator, bend: Bend = {}): Promise<Answer> {
  const flow = await browser.start("settings");
  return browser.submit(flow, { method: "passkey", passkey_settings_register: holder.register(passkeyOptions(flow), bend) });
}

/** The answer of a step-up with a key in this flow. */
export function useKey(browser: Browser, flow: FlowJson, holder: Authenticator, bend: Bend = {}): Promise<Answer> {
  return browser.submit(flow, { method: "webauthn", webauthn_login: holder.authenticate(keyChallenge(flow), bend) });
}
export function usePasskey(browser: Browser, flow: FlowJson, holder: Authenticator, bend: Bend = {}): Promise<Answer> {
  return browser.submit(flow, { method: "passkey", passkey_login: holder.authenticate(passkeyChallenge(flow), bend) });
}

export interface PasskeyPerson {
  readonly email: string;
  readonly browser: Browser;
  readonly holder: Authenticator;
}
/** Somebody who has nothing but a passkey, signed in. */
export async function registerByPasskey(server: TestServer, options: Partial<AuthenticatorOptions> = {}, host = "localhost"): Promise<PasskeyPerson> {
  const browser = new Browser(server, { host });
  const [email, holder] = [anyEmail(), device(browser, options)];
  const flow = await browser.start("registration");
  const answer = await browser.submit(flow, { method: "passkey", traits: { email }, passkey_register: holder.register(passkeyOptions(flow)) });
  if (answer.status !== 200) throw new Error(`registering with a passkey: ${String(answer.status)} ${answer.text}`);
  return { email, browser, holder };
}

/** The buttons that remove a key, by the name each has. */
export function keysIn(flow: FlowJson, method: "webauthn" | "passkey"): readonly { readonly name: string; readonly hex: string; readonly node: NodeJson }[] {
  return nodes(flow, `${method}_remove`).map((node) => ({ name: String(node.meta.label?.context?.["display_name"]), hex: String(node.attributes["value"]), node }));
}
