import { randomBytes } from "node:crypto";
import { Browser, Native } from "./client";
import type { TestServer } from "./server";
import { Authenticator } from "./totp";
import { recoveryCodesOf, totpSecretOf } from "./wire";
import type { FlowJson, SignedInJson } from "./wire";

/** Somebody who exists. `app` holds a native session of theirs, at aal2 once a second factor is enrolled. */
export interface Person {
  readonly email: string;
  readonly password: string;
  readonly identityId: string;
  readonly app: Native;
  readonly authenticator: Authenticator | null;
  readonly recoveryCodes: readonly string[];
}

export function anyEmail(): string {
  return `ada.${randomBytes(5).toString("hex")}@example.test`;
}
export function anyPassword(): string {
  return `four quiet ladders ${randomBytes(6).toString("hex")}`;
}

/** Registers by the native API; the template project signs the new person in. */
export async function registerPerson(server: TestServer, { email = anyEmail(), password = anyPassword(), host = "localhost" } = {}): Promise<Person> {
  const app = new Native(server, { host });
  const flow = await app.start("registration");
  const answer = await app.submit(flow, { method: "password", traits: { email }, password });
  if (answer.status !== 200) throw new Error(`registration: ${String(answer.status)} ${answer.text}`);
  const done = answer.json<SignedInJson>();
  app.token = done.session_token ?? null;
  const identityId = done.identity?.id ?? "";
  return { email, password, identityId, app, authenticator: null, recoveryCodes: [] };
}

/** Enrols an authenticator app by the native settings flow of the person's session. */
export async function enrolTotp(server: TestServer, person: Person): Promise<Person & { readonly authenticator: Authenticator }> {
  const flow = await person.app.start("settings");
  const authenticator = new Authenticator(totpSecretOf(flow), server.now);
  const answer = await person.app.submit(flow, { method: "totp", totp_code: await authenticator.code() });
  if (answer.status !== 200) throw new Error(`enrolling the app: ${String(answer.status)} ${answer.text}`);
  return { ...person, authenticator };
}

/** Makes and confirms a set of recovery codes in the person's session. */
export async function enrolRecoveryCodes(person: Person): Promise<Person> {
  const flow = await person.app.start("settings");
  const shown = await person.app.submit(flow, { method: "lookup_secret", lookup_secret_regenerate: true });
  const codes = recoveryCodesOf(shown.json<FlowJson>());
  await confirmRecoveryCodes(person.app, shown.json<FlowJson>(), codes);
  return { ...person, recoveryCodes: codes };
}

/** Confirms by the wire's button, and by typing a code back where the flow asks for one. */
export async function confirmRecoveryCodes(app: Native, flow: FlowJson, codes: readonly string[]): Promise<void> {
  const answer = await app.submit(flow, { method: "lookup_secret", lookup_secret_confirm: true, ...typedBack(flow, codes) });
  if (answer.status !== 200) throw new Error(`confirming recovery codes: ${String(answer.status)} ${answer.text}`);
}

/** The field in which a flow wants one of the shown codes typed back, filled in; empty when it wants none. */
export function typedBack(flow: FlowJson, codes: readonly string[]): Record<string, string> {
  const field = flow.ui.nodes.find((one) => one.group === "lookup_secret" && one.attributes["type"] === "text" && one.type === "input");
  if (field === undefined) return {};
  const text = JSON.stringify(field.meta.label ?? {});
  const position = Number((field.meta.label?.context?.["position"] as number | undefined) ?? /(\d+)/.exec(field.meta.label?.text ?? text)?.[1] ?? "1");
  return { [String(field.attributes["name"])]: codes[position - 1] ?? "" };
}

export async function personWithTotp(server: TestServer, options: { host?: string } = {}): Promise<Person & { readonly authenticator: Authenticator }> {
  return enrolTotp(server, await registerPerson(server, options));
}

/** A browser in which the person has given the password and nothing else. */
export async function browserAfterPassword(server: TestServer, person: Person, options: { host?: string; query?: string } = {}): Promise<Browser> {
  const browser = new Browser(server, { ...(options.host === undefined ? {} : { host: options.host }) });
  const flow = await browser.start("login", options.query ?? "");
  const answer = await browser.submit(flow, { method: "password", identifier: person.email, password: person.password });
  if (answer.status !== 200 && answer.status !== 422) throw new Error(`password sign-in: ${String(answer.status)} ${answer.text}`);
  return browser;
}

/** A browser at aal2, by password and a code of the app. */
export async function browserAtAal2(server: TestServer, person: Person & { readonly authenticator: Authenticator }, options: { host?: string } = {}): Promise<Browser> {
  const browser = await browserAfterPassword(server, person, options);
  await stepUp(browser, person.authenticator);
  return browser;
}

export async function stepUp(browser: Browser, authenticator: Authenticator, query = "?aal=aal2"): Promise<void> {
  const flow = await browser.start("login", query);
  const answer = await browser.submit(flow, { method: "totp", totp_code: await authenticator.code() });
  if (answer.status !== 200) throw new Error(`step-up: ${String(answer.status)} ${answer.text}`);
}

/** A native session after the password alone. */
export async function nativeAfterPassword(server: TestServer, person: Person, options: { host?: string } = {}): Promise<{ readonly app: Native; readonly answer: SignedInJson }> {
  const app = new Native(server, { ...(options.host === undefined ? {} : { host: options.host }) });
  const flow = await app.start("login");
  const answer = await app.submit(flow, { method: "password", identifier: person.email, password: person.password });
  if (answer.status !== 200) throw new Error(`native password sign-in: ${String(answer.status)} ${answer.text}`);
  app.token = answer.json<SignedInJson>().session_token ?? null;
  return { app, answer: answer.json<SignedInJson>() };
}
