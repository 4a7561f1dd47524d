import type { LoginFlow, SettingsFlow, UiNode, UiNodeInputAttributes } from "@ory/client";
import { describe, expect, test } from "vitest";
import { anyEmail, anyPassword } from "../kit/fixtures";
import { Jar } from "../kit/jar";
import { oryClient, oryFetchClient, remember } from "../kit/ory-clients";
import { Authenticator } from "../kit/totp";
import { useServer } from "../kit/use-server";

const at = useServer();
interface WithNodes {
  readonly ui: { readonly nodes: readonly UiNode[] };
}

function input(flow: WithNodes, name: string): UiNodeInputAttributes | undefined {
  const inputs = flow.ui.nodes.map((node) => node.attributes).filter((attributes) => attributes.node_type === "input") as UiNodeInputAttributes[];
  return inputs.find((attributes) => attributes.name === name);
}
const csrf = (flow: WithNodes): string => String(input(flow, "csrf_token")?.value ?? "");
function secretIn(flow: SettingsFlow): string {
  for (const { attributes } of flow.ui.nodes) {
    if (attributes.node_type === "text" && "id" in attributes && attributes.id === "totp_secret_key" && "text" in attributes && typeof attributes.text === "object") {
      return String((attributes.text.context as { secret?: unknown } | undefined)?.secret);
    }
  }
  throw new Error("no key in the settings flow");
}
interface Refusal {
  readonly status: number;
  readonly data: { readonly error?: { readonly id?: string }; readonly redirect_browser_to?: string };
  readonly headers: unknown;
}
/** The answer of a call that is refused: axios hangs it on the error it throws. */
async function refused(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    const response = (error as { response?: Refusal }).response;
    if (response !== undefined) return response;
    throw error;
  }
  throw new Error("the call was not refused");
}

describe("@ory/client, unmodified", () => {
  test("in a native app: sign up, enrol the app, sign out, sign in, step up, settings", async () => {
    const api = oryClient(at.server);
    const [email, password] = [anyEmail(), anyPassword()];
    const { data: signUp } = await api.createNativeRegistrationFlow();
    const { data: registered } = await api.updateRegistrationFlow({ flow: signUp.id, updateRegistrationFlowBody: { method: "password", traits: { email }, password } });
    const first = registered.session_token ?? "";
    expect(first).toMatch(/^ory_st_/);
    expect((await api.toSession({ xSessionToken: first })).data.authenticator_assurance_level).toBe("aal1");

    const { data: settings } = await api.createNativeSettingsFlow({ xSessionToken: first });
    const authenticator = new Authenticator(secretIn(settings), at.server.now);
    const { data: saved } = await api.updateSettingsFlow({ flow: settings.id, xSessionToken: first, updateSettingsFlowBody: { method: "totp", totp_code: await authenticator.code() } });
    expect(saved.state).toBe("success");
    expect((await api.toSession({ xSessionToken: first })).data.authenticator_assurance_level).toBe("aal2");

    await api.performNativeLogout({ performNativeLogoutBody: { session_token: first } });
    expect((await refused(api.toSession({ xSessionToken: first }))).status).toBe(401);

    const { data: login } = await api.createNativeLoginFlow();
    const { data: half } = await api.updateLoginFlow({ flow: login.id, updateLoginFlowBody: { method: "password", identifier: email, password } });
    const token = half.session_token ?? "";
    const whoami = await refused(api.toSession({ xSessionToken: token }));
    expect([whoami.status, whoami.data.error?.id]).toEqual([403, "session_aal2_required"]);
    const { data: second } = await api.createNativeLoginFlow({ aal: "aal2", xSessionToken: token });
    expect(second.requested_aal).toBe("aal2");
    const { data: done } = await api.updateLoginFlow({ flow: second.id, xSessionToken: token, updateLoginFlowBody: { method: "totp", totp_code: await authenticator.code() } });
    expect(done.session_token).toBe(token);
    expect((await api.toSession({ xSessionToken: token })).data.identity?.traits).toMatchObject({ email });
    expect((await api.createNativeSettingsFlow({ xSessionToken: token })).data.identity.id).toBe(done.session.identity?.id);
    expect((await api.listMySessions({ xSessionToken: token })).data).toEqual([]);
  });

  test("in a single-page app with cookies: sign up, enrol, log out, sign in, 422, step up, settings", async () => {
    const api = oryClient(at.server);
    const jar = new Jar();
    const cookie = (): string => jar.header(at.server.url("/"));
    const [email, password] = [anyEmail(), anyPassword()];

    const signUp = await api.createBrowserRegistrationFlow();
    remember(at.server, jar, signUp.headers);
    const registered = await api.updateRegistrationFlow({ flow: signUp.data.id, cookie: cookie(), updateRegistrationFlowBody: { method: "password", traits: { email }, password, csrf_token: csrf(signUp.data) } });
    remember(at.server, jar, registered.headers);
    expect(registered.data.session_token).toBeUndefined();
    expect((await api.toSession({ cookie: cookie() })).data.identity?.traits).toMatchObject({ email });

    const settings = await api.createBrowserSettingsFlow({ cookie: cookie() });
    remember(at.server, jar, settings.headers);
    const authenticator = new Authenticator(secretIn(settings.data), at.server.now);
    const saved = await api.updateSettingsFlow({ flow: settings.data.id, cookie: cookie(), updateSettingsFlowBody: { method: "totp", totp_code: await authenticator.code(), csrf_token: csrf(settings.data) } });
    remember(at.server, jar, saved.headers);
    expect(saved.data.state).toBe("success");

    const { data: logout } = await api.createBrowserLogoutFlow({ cookie: cookie() });
    const out = await api.updateLogoutFlow({ token: logout.logout_token, cookie: cookie() });
    remember(at.server, jar, out.headers);
    expect((await refused(api.toSession({ cookie: cookie() }))).status).toBe(401);

    const login = await api.createBrowserLoginFlow({ returnTo: at.server.url("/orders"), cookie: cookie() });
    remember(at.server, jar, login.headers);
    const half = await refused(api.updateLoginFlow({ flow: login.data.id, cookie: cookie(), updateLoginFlowBody: { method: "password", identifier: email, password, csrf_token: csrf(login.data) } }));
    remember(at.server, jar, half.headers);
    expect([half.status, half.data.error?.id]).toEqual([422, "browser_location_change_required"]);
    const next = new URL(half.data.redirect_browser_to ?? "");
    expect((await refused(api.toSession({ cookie: cookie() }))).data.error?.id).toBe("session_aal2_required");

    const second = await api.createBrowserLoginFlow({ aal: next.searchParams.get("aal") ?? "", returnTo: next.searchParams.get("return_to") ?? "", cookie: cookie() });
    remember(at.server, jar, second.headers);
    const done = await api.updateLoginFlow({ flow: second.data.id, cookie: cookie(), updateLoginFlowBody: { method: "totp", totp_code: await authenticator.code(), csrf_token: csrf(second.data) } });
    remember(at.server, jar, done.headers);
    expect(done.data.continue_with).toContainEqual({ action: "redirect_browser_to", redirect_browser_to: at.server.url("/orders") });
    expect((await api.toSession({ cookie: cookie() })).data.authenticator_assurance_level).toBe("aal2");
    const again = await api.createBrowserSettingsFlow({ cookie: cookie() });
    expect(again.data.identity.traits).toMatchObject({ email });
    expect((await api.getLoginFlow({ id: second.data.id, cookie: cookie() }).then((answer) => answer.data, (): LoginFlow | null => null))?.requested_aal ?? "aal2").toBe("aal2");
  });

  test("reads errors, revokes sessions", async () => {
    const api = oryClient(at.server);
    expect((await api.getFlowError({ id: "stub:500" })).data.id).toBeTypeOf("string");
    const [email, password] = [anyEmail(), anyPassword()];
    const { data: signUp } = await api.createNativeRegistrationFlow();
    const { data: mine } = await api.updateRegistrationFlow({ flow: signUp.id, updateRegistrationFlowBody: { method: "password", traits: { email }, password } });
    const { data: login } = await api.createNativeLoginFlow();
    const { data: other } = await api.updateLoginFlow({ flow: login.id, updateLoginFlowBody: { method: "password", identifier: email, password } });
    const { data: list } = await api.listMySessions({ xSessionToken: mine.session_token ?? "" });
    expect(list.map((session) => session.id)).toEqual([other.session.id]);
    await api.disableMySession({ id: other.session.id, xSessionToken: mine.session_token ?? "" });
    expect((await api.disableMyOtherSessions({ xSessionToken: mine.session_token ?? "" })).data.count).toBe(0);
  });
});

describe("@ory/client-fetch, unmodified", () => {
  test("parses every flow, its nodes and the session", async () => {
    const { api } = oryFetchClient(at.server);
    const [email, password] = [anyEmail(), anyPassword()];
    const flow = await api.createBrowserRegistrationFlow({});
    const token = flow.ui.nodes.map((node) => node.attributes).find((attributes) => "name" in attributes && attributes.name === "csrf_token");
    await api.updateRegistrationFlow({ flow: flow.id, updateRegistrationFlowBody: { method: "password", traits: { email }, password, csrf_token: String((token as { value?: unknown }).value) } });
    const session = await api.toSession();
    expect(session.identity?.traits).toMatchObject({ email });
    expect(session.expires_at).toBeInstanceOf(Date);
    const settings = await api.createBrowserSettingsFlow({});
    expect(settings.ui.nodes.length).toBeGreaterThan(5);
    const step = await api.createBrowserLoginFlow({ aal: "aal2" });
    expect(step.ui.nodes.length).toBeGreaterThan(0);
    expect((await api.createBrowserLogoutFlow({})).logout_token).toMatch(/^ory_lo_/);
  });

  test("does not stumble over a native flow without nodes", async () => {
    const { api } = oryFetchClient(at.server);
    const flow = await api.createNativeRegistrationFlow({});
    const done = await api.updateRegistrationFlow({ flow: flow.id, updateRegistrationFlowBody: { method: "password", traits: { email: anyEmail() }, password: anyPassword() } });
    const empty = await api.createNativeLoginFlow({ aal: "aal2", xSessionToken: done.session_token ?? "" });
    expect(Array.isArray(empty.ui.nodes)).toBe(true);
  });
});
