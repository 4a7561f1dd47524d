import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { SCRIPT_INTEGRITY, SCRIPT_PATH } from "./script";

const SOURCE = readFileSync(fileURLToPath(new URL(`../../public${SCRIPT_PATH}`, import.meta.url)));
const CALLS = [
  "oryWebAuthnLogin", "oryWebAuthnRegistration", "oryPasskeyLogin", "oryPasskeyLoginAutocompleteInit", "oryPasskeyRegistration", "oryPasskeySettingsRegistration",
] as const;

interface Field { value: string; closest(selector: string): FakeForm | null }
interface FakeForm { readonly fields: Map<string, Field>; posted: Record<string, string> | null; submit(): void; querySelector(selector: string): Field | null }
interface Ceremony { readonly publicKey: Record<string, unknown>; readonly mediation?: string; readonly signal?: AbortSignal }
interface FakePage {
  readonly window: Record<string, unknown>;
  readonly form: FakeForm;
  readonly events: { readonly type: string; readonly detail: unknown }[];
  readonly asked: { readonly call: "get" | "create"; readonly options: Ceremony }[];
  call(name: string, ...args: unknown[]): Promise<void>;
}

const b64 = (text: string): string => Buffer.from(text).toString("base64url");
const buffer = (text: string): ArrayBuffer => new Uint8Array(Buffer.from(text)).buffer;
const CREDENTIAL = {
  id: b64("credential"), rawId: buffer("credential"), type: "public-key",
  response: {
    authenticatorData: buffer("auth?>data"), clientDataJSON: buffer("client"), signature: buffer("sig"), userHandle: buffer("ada"), attestationObject: buffer("object"),
    getTransports: () => ["usb"],
  },
};

/** A page with one form, and a browser that answers every ceremony. */
function page(values: Readonly<Record<string, string>>, answer: (options: Ceremony) => Promise<unknown> = () => Promise.resolve(CREDENTIAL), able = true): FakePage {
  const events: FakePage["events"] = [];
  const asked: { call: "get" | "create"; options: Ceremony }[] = [];
  const find = (selector: string): Field | null => form.fields.get(/^\[name="(.+)"\]$/.exec(selector)?.[1] ?? "") ?? null;
  const form: FakeForm = {
    fields: new Map(), posted: null, querySelector: find,
    submit: () => { form.posted = Object.fromEntries([...form.fields].map(([name, { value }]) => [name, value])); },
  };
  for (const [name, value] of Object.entries(values)) form.fields.set(name, { value, closest: (selector) => (selector === "form" ? form : null) });
  const window: Record<string, unknown> = {
    PublicKeyCredential: { isConditionalMediationAvailable: () => Promise.resolve(able) }, atob, btoa,
    dispatchEvent: (event: { type: string; detail?: unknown }) => { events.push({ type: event.type, detail: event.detail }); },
  };
  const run = (call: "get" | "create") => (options: Ceremony) => { asked.push({ call, options }); return answer(options); };
  const CustomEvent = class { readonly type: string; readonly detail: unknown; constructor(type: string, init?: { detail?: unknown }) { this.type = type; this.detail = init?.detail; } };
  const context = vm.createContext({ window, document: { querySelector: find }, navigator: { credentials: { get: run("get"), create: run("create") } }, CustomEvent, AbortController, Uint8Array, Promise, JSON });
  new vm.Script(SOURCE.toString("utf8")).runInContext(context);
  return { window, form, events, asked, call: (name, ...args) => (window[name] as (...all: unknown[]) => Promise<void>)(...args) };
}
const text = (value: unknown): string => Buffer.from(value as Uint8Array).toString("utf8");
const posted = (shown: FakePage, name: string) => JSON.parse(shown.form.posted?.[name] ?? "null") as { id: string; rawId: string; type: string; response: Record<string, unknown> };
const REQUEST = { publicKey: { challenge: b64("dare?>"), rpId: "rung.test", allowCredentials: [{ type: "public-key", id: b64("credential"), transports: ["usb"] }] } };
const CREATION = { publicKey: { challenge: b64("dare"), user: { id: b64("ada"), name: "", displayName: "" }, excludeCredentials: [{ type: "public-key", id: b64("old") }] } };

describe("the file that is served", () => {
  it("is the one the nodes name", () => {
    expect(SCRIPT_INTEGRITY, "lib/webauthn/script.ts must say").toBe(`sha512-${createHash("sha512").update(SOURCE).digest("base64")}`);
  });
});

describe("the script (contract, part 10)", () => {
  it("defines every call twice, says so, and does so once", () => {
    const shown = page({});
    for (const name of CALLS) expect(shown.window[`__${name}`]).toBe(shown.window[name]);
    expect(shown.window["__oryWebAuthnInitialized"]).toBe(true);
    expect(shown.events).toEqual([{ type: "oryWebAuthnInitialized", detail: undefined }]);
    const kept = shown.window["oryPasskeyLogin"];
    new vm.Script(SOURCE.toString("utf8")).runInContext(vm.createContext({ window: shown.window }));
    expect(shown.window["oryPasskeyLogin"]).toBe(kept);
    expect(shown.events).toHaveLength(1);
  });

  it("does nothing in a browser without WebAuthn", () => {
    const window: Record<string, unknown> = {};
    new vm.Script(SOURCE.toString("utf8")).runInContext(vm.createContext({ window }));
    expect(window).toEqual({});
  });

  it.each([["from the button", undefined], ["from its argument", REQUEST]])("oryWebAuthnLogin reads its options %s", async (_name, argument) => {
    const shown = page({ webauthn_login_trigger: argument === undefined ? JSON.stringify(REQUEST) : "{}", webauthn_login: "", csrf_token: "c" });
    await (argument === undefined ? shown.call("oryWebAuthnLogin") : shown.call("oryWebAuthnLogin", argument));
    const publicKey = shown.asked[0]?.options.publicKey as { challenge: unknown; allowCredentials: { id: unknown; transports: string[] }[] };
    expect([text(publicKey.challenge), text(publicKey.allowCredentials[0]?.id), publicKey.allowCredentials[0]?.transports]).toEqual(["dare?>", "credential", ["usb"]]);
    expect(posted(shown, "webauthn_login")).toEqual({
      id: b64("credential"), rawId: b64("credential"), type: "public-key",
      response: { authenticatorData: b64("auth?>data"), clientDataJSON: b64("client"), signature: b64("sig"), userHandle: b64("ada") },
    });
    expect(shown.form.posted?.["csrf_token"]).toBe("c");
  });

  it("oryWebAuthnRegistration decodes the options and posts what was made", async () => {
    const shown = page({ webauthn_register_trigger: JSON.stringify(CREATION), webauthn_register: "" });
    await shown.call("oryWebAuthnRegistration");
    const publicKey = shown.asked[0]?.options.publicKey as { challenge: unknown; user: { id: unknown }; excludeCredentials: { id: unknown }[] };
    expect(shown.asked[0]?.call).toBe("create");
    expect([text(publicKey.challenge), text(publicKey.user.id), text(publicKey.excludeCredentials[0]?.id)]).toEqual(["dare", "ada", "old"]);
    expect(posted(shown, "webauthn_register").response).toEqual({ attestationObject: b64("object"), clientDataJSON: b64("client"), transports: ["usb"] });
  });

  it("oryPasskeyLogin asks without a list and posts to passkey_login", async () => {
    const { allowCredentials: _none, ...open } = REQUEST.publicKey;
    const shown = page({ passkey_challenge: JSON.stringify({ publicKey: open }), passkey_login: "", passkey_login_trigger: "" });
    await shown.call("__oryPasskeyLogin");
    expect(shown.asked[0]?.options).toMatchObject({ publicKey: { rpId: "rung.test" } });
    expect(shown.asked[0]?.options.publicKey).not.toHaveProperty("allowCredentials");
    expect(posted(shown, "passkey_login").response["userHandle"]).toBe(b64("ada"));
  });

  it("the name field waits for a passkey until the button is pressed", async () => {
    const never = (options: Ceremony) => new Promise((resolve, reject) => {
      if (options.mediation !== "conditional") resolve(CREDENTIAL);
      options.signal?.addEventListener("abort", () => { reject(new Error("aborted")); });
    });
    const shown = page({ passkey_challenge: JSON.stringify(REQUEST), passkey_login: "", passkey_login_trigger: "", identifier: "" }, never);
    const waiting = shown.call("oryPasskeyLoginAutocompleteInit");
    await new Promise((resolve) => setImmediate(resolve));
    expect(shown.asked[0]?.options.mediation).toBe("conditional");
    expect(shown.window["abortPasskeyConditionalUI"]).toBeInstanceOf(AbortController);
    await shown.call("oryPasskeyLogin");
    await waiting;
    expect([shown.asked[0]?.options.signal?.aborted, shown.asked.length, shown.form.posted !== null]).toEqual([true, 2, true]);
    expect(shown.events.map(({ type }) => type)).toEqual(["oryWebAuthnInitialized"]);
  });

  it.each([["there is no name field", { passkey_challenge: JSON.stringify(REQUEST), passkey_login: "" }, true], ["the browser cannot", { passkey_challenge: JSON.stringify(REQUEST), passkey_login: "", identifier: "" }, false]] as const)("asks for nothing by itself where %s", async (_name, fields, able) => {
    const shown = page(fields, undefined, able);
    await shown.call("oryPasskeyLoginAutocompleteInit");
    expect(shown.asked).toEqual([]);
  });

  it.each([
    ["the first field that is filled", { "traits.email": "", "traits.name": "Ada" }, "Ada"], ["the likeliest one", { "traits.email": "ada@example.test", "traits.name": "Ada" }, "ada@example.test"],
    ["nothing, where all are empty", { "traits.email": "" }, "Rung"],
  ])("oryPasskeyRegistration names the passkey after %s", async (_name, fields, expected) => {
    const options = { publicKey: { ...CREATION.publicKey, user: { id: b64("ada"), name: "Rung", displayName: "Rung" } } };
    const data = { credentialOptions: options, displayNameFieldName: "traits.email", displayNameFieldNames: ["traits.email", "traits.name"] };
    const shown = page({ passkey_create_data: JSON.stringify(data), passkey_register: "", passkey_register_trigger: "", ...fields });
    await shown.call("oryPasskeyRegistration");
    expect(shown.asked[0]?.options.publicKey["user"]).toMatchObject({ name: expected, displayName: expected });
    expect(posted(shown, "passkey_register").response["attestationObject"]).toBe(b64("object"));
  });

  it("oryPasskeySettingsRegistration takes the options as they are", async () => {
    const shown = page({ passkey_create_data: JSON.stringify(CREATION), passkey_settings_register: "", passkey_register_trigger: "" });
    await shown.call("oryPasskeySettingsRegistration");
    expect(text((shown.asked[0]?.options.publicKey["user"] as { id: unknown }).id)).toBe("ada");
    expect(posted(shown, "passkey_settings_register").id).toBe(b64("credential"));
  });

  it.each(CALLS)("%s leaves the form alone and says so when the ceremony fails", async (name) => {
    const refuse = (): Promise<never> => Promise.reject(Object.assign(new Error("no"), { name: "NotAllowedError" }));
    const shown = page({
      webauthn_login_trigger: JSON.stringify(REQUEST), webauthn_login: "", webauthn_register_trigger: JSON.stringify(CREATION), webauthn_register: "", identifier: "",
      passkey_challenge: JSON.stringify(REQUEST), passkey_login: "", passkey_register: "", passkey_settings_register: "",
      passkey_create_data: JSON.stringify({ ...CREATION, credentialOptions: CREATION }),
    }, refuse);
    await shown.call(name);
    expect(shown.form.posted).toBeNull();
    expect(shown.events.at(-1)).toEqual({ type: "oryWebAuthnError", detail: { call: name, name: "NotAllowedError" } });
  });
});
