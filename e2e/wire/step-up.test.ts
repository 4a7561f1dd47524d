import { beforeAll, describe, expect, test } from "vitest";
import { Browser, Native, flowIdIn } from "../kit/client";
import { browserAfterPassword, browserAtAal2, enrolRecoveryCodes, nativeAfterPassword, personWithTotp, registerPerson, stepUp } from "../kit/fixtures";
import type { Person } from "../kit/fixtures";
import type { Answer } from "../kit/http";
import { Authenticator } from "../kit/totp";
import { useServer } from "../kit/use-server";
import { csrfOf, messageIds, methodsOf, names, node, recoveryCodesOf, totpSecretOf, valueOf } from "../kit/wire";
import type { ErrorJson, FlowJson, SignedInJson } from "../kit/wire";

const at = useServer();
type Enrolled = Person & { readonly authenticator: Authenticator };

interface Actor {
  readonly browser: Browser;
  readonly app: Native;
}
const actors: Partial<Record<"none" | "aal1" | "aal1 without a second factor" | "aal2", Actor>> = {};
let ada: Enrolled;
let plain: Person;

beforeAll(async () => {
  ada = await personWithTotp(at.server);
  plain = await registerPerson(at.server);
  actors["none"] = { browser: new Browser(at.server), app: new Native(at.server) };
  actors["aal1"] = { browser: await browserAfterPassword(at.server, ada), app: (await nativeAfterPassword(at.server, ada)).app };
  actors["aal1 without a second factor"] = { browser: await browserAfterPassword(at.server, plain), app: plain.app };
  actors["aal2"] = { browser: await browserAtAal2(at.server, ada), app: ada.app };
});

interface Row {
  readonly who: keyof typeof actors;
  readonly query: Readonly<Record<string, string>>;
  /** SPA and API: an error, or the flow that is made. */
  readonly json: { readonly status: number; readonly id?: string } | { readonly aal: string; readonly refresh: boolean; readonly messages: readonly number[] };
  /** HTML: where the redirect leads. */
  readonly html: "ui" | "error" | "return";
}
const MATRIX: readonly Row[] = [
  { who: "none", query: {}, json: { aal: "aal1", refresh: false, messages: [] }, html: "ui" },
  { who: "none", query: { refresh: "true" }, json: { aal: "aal1", refresh: false, messages: [] }, html: "ui" },
  { who: "none", query: { aal: "aal2" }, json: { status: 401, id: "session_aal1_required" }, html: "error" },
  { who: "none", query: { aal: "aal2", refresh: "true" }, json: { status: 401, id: "session_aal1_required" }, html: "error" },
  { who: "aal1", query: {}, json: { status: 400, id: "session_already_available" }, html: "return" },
  { who: "aal1", query: { aal: "aal1" }, json: { status: 400, id: "session_already_available" }, html: "return" },
  { who: "aal1", query: { aal: "aal2" }, json: { aal: "aal2", refresh: false, messages: [1010004] }, html: "ui" },
  { who: "aal1", query: { aal: "AAL2" }, json: { aal: "aal2", refresh: false, messages: [1010004] }, html: "ui" },
  { who: "aal1 without a second factor", query: { aal: "aal2" }, json: { aal: "aal2", refresh: false, messages: [1010004] }, html: "ui" },
  { who: "aal1", query: { refresh: "true" }, json: { aal: "aal1", refresh: true, messages: [1010003] }, html: "ui" },
  { who: "aal1", query: { refresh: "1" }, json: { aal: "aal1", refresh: true, messages: [1010003] }, html: "ui" },
  { who: "aal1", query: { refresh: "true", aal: "aal2" }, json: { aal: "aal2", refresh: true, messages: [1010003, 1010004] }, html: "ui" },
  { who: "aal2", query: {}, json: { status: 400, id: "session_already_available" }, html: "return" },
  { who: "aal2", query: { aal: "aal1" }, json: { status: 400, id: "session_already_available" }, html: "return" },
  { who: "aal2", query: { aal: "aal2" }, json: { status: 400, id: "session_already_available" }, html: "return" },
  { who: "aal2", query: { refresh: "true" }, json: { aal: "aal1", refresh: true, messages: [1010003] }, html: "ui" },
  { who: "aal2", query: { refresh: "true", aal: "aal2" }, json: { aal: "aal2", refresh: true, messages: [1010003] }, html: "ui" },
  { who: "none", query: { aal: "aal3" }, json: { status: 400 }, html: "error" },
  { who: "aal1", query: { aal: "aal0" }, json: { status: 400 }, html: "error" },
  { who: "aal2", query: { aal: "nonsense" }, json: { status: 400 }, html: "error" },
];
const title = (row: Row): string => `${row.who}, ?${new URLSearchParams(row.query).toString()}`;

describe("creating a login flow: every row of the step-up matrix", () => {
  const actor = (row: Row): Actor => {
    const found = actors[row.who];
    if (found === undefined) throw new Error(`no actor ${row.who}`);
    return found;
  };
  const expectJson = (row: Row, answer: Answer): void => {
    if ("status" in row.json) {
      expect(answer.status).toBe(row.json.status);
      const { error } = answer.json<ErrorJson>();
      expect(error.code).toBe(row.json.status);
      expect(error.id).toBe(row.json.id);
      expect(answer.headers["ory-error-id"] ?? "").toBe(row.json.id ?? "");
      return;
    }
    expect(answer.status).toBe(200);
    const flow = answer.json<FlowJson>();
    expect({ aal: flow.requested_aal, refresh: flow.refresh, messages: messageIds(flow) }).toEqual({ aal: row.json.aal, refresh: row.json.refresh, messages: row.json.messages });
    expect(Array.isArray(flow.ui.nodes)).toBe(true);
  };

  test.each(MATRIX.map((row) => [title(row), row] as const))("by script: %s", async (_title, row) => {
    expectJson(row, await actor(row).browser.fetch(`/self-service/login/browser?${new URLSearchParams(row.query).toString()}`));
  });

  test.each(MATRIX.map((row) => [title(row), row] as const))("natively: %s", async (_title, row) => {
    expectJson(row, await actor(row).app.fetch(`/self-service/login/api?${new URLSearchParams(row.query).toString()}`));
  });

  test.each(MATRIX.map((row) => [title(row), row] as const))("by navigation: %s", async (_title, row) => {
    const { browser } = actor(row);
    const target = browser.url("/orders");
    const answer = await browser.visit(`/self-service/login/browser?${new URLSearchParams({ ...row.query, return_to: target }).toString()}`);
    expect([302, 303]).toContain(answer.status);
    if (row.html === "return") {
      expect(answer.location).toBe(target);
      return;
    }
    const page = new URL(answer.location, browser.url("/"));
    expect(page.pathname).toBe(row.html === "ui" ? "/login" : "/error");
    const shown = await browser.visit(`${page.pathname}${page.search}`);
    expect(shown.headers["content-type"]).toMatch(/^text\/html/);
    expect(shown.status).toBeLessThan(500);
    expect(shown.text).toMatch(/<h1/);
  });

  test("the redirect of somebody at aal2 respects return_to only when it is allowed", async () => {
    const { browser } = actor(MATRIX[14] as Row);
    const answer = await browser.visit("/self-service/login/browser?aal=aal2&return_to=https%3A%2F%2Fevil.example%2F");
    expect(answer.location).not.toMatch(/^https:\/\/evil/);
    const { answer: page } = await browser.follow(answer.location);
    expect(page.status).toBeLessThan(500);
  });
});

describe("the nodes of a second step", () => {
  test("are what the person can use: the app, and codes when there are some", async () => {
    const person = await enrolRecoveryCodes(await personWithTotp(at.server));
    const flow = await (await browserAfterPassword(at.server, person)).start("login", "?aal=aal2");
    expect(names(flow)).toEqual(["csrf_token", "totp_code", "method", "lookup_secret", "method"]);
    expect(node(flow, "totp_code")).toMatchObject({ group: "totp", attributes: { type: "text", value: "", required: true, disabled: false }, meta: { label: { id: 1010006 } } });
    expect(node(flow, "method", "totp")).toMatchObject({ attributes: { type: "submit", value: "totp" }, meta: { label: { id: 1010009 } } });
    expect(node(flow, "lookup_secret")).toMatchObject({ attributes: { type: "text", value: "", required: true }, meta: { label: { id: 1010007 } } });
    expect(node(flow, "method", "lookup_secret")).toMatchObject({ attributes: { value: "lookup_secret" }, meta: { label: { id: 1010010 } } });
  });

  test("are none but the token for a person without a second factor, and none at all natively", async () => {
    const flow = await (await browserAfterPassword(at.server, plain)).start("login", "?aal=aal2");
    expect(names(flow)).toEqual(["csrf_token"]);
    const natively = await plain.app.start("login", "?aal=aal2");
    expect(methodsOf(natively)).toEqual([]);
  });

  test("a refresh asks only for what the person has, with the identifier in place", async () => {
    const flow = await (await browserAfterPassword(at.server, ada)).start("login", "?refresh=true");
    expect(node(flow, "identifier")).toMatchObject({ attributes: { type: "hidden", value: ada.email } });
    expect(node(flow, "method", "password").meta.label?.id).toBe(1010001);
    const second = await (await browserAfterPassword(at.server, ada)).start("login", "?refresh=true&aal=aal2");
    expect(methodsOf(second)).toEqual(["totp"]);
  });
});

describe("the automatic second step under Strict", () => {
  test("by script: 422 with the way on, a cookie, and nothing personal", async () => {
    const browser = new Browser(at.server);
    const target = browser.url("/orders");
    const flow = await browser.start("login", `?return_to=${encodeURIComponent(target)}`);
    const answer = await browser.submit(flow, { method: "password", identifier: ada.email, password: ada.password });
    expect(answer.status).toBe(422);
    const body = answer.json<ErrorJson>();
    expect(body.error).toMatchObject({ id: "browser_location_change_required", code: 422 });
    const next = new URL(body.redirect_browser_to ?? "");
    expect(next.pathname).toBe("/self-service/login/browser");
    expect(Object.fromEntries(next.searchParams)).toEqual({ aal: "aal2", return_to: target });
    expect(browser.sessionCookie()).toBeDefined();
    expect(answer.text).not.toContain(ada.email);
    expect((await browser.whoami()).status).toBe(403);
  });

  test("by form: password, 303 to the second step, code, 303 to where one wanted to go", async () => {
    const person = await personWithTotp(at.server);
    const browser = new Browser(at.server);
    const target = browser.url("/orders");
    const first = await browser.open("login", `?return_to=${encodeURIComponent(target)}`);
    const password = await browser.post(first, { method: "password", identifier: person.email, password: person.password });
    expect(password.status).toBe(303);
    expect(new URL(password.location).searchParams.get("aal")).toBe("aal2");
    const ui = await browser.visit(password.location);
    expect(ui.status).toBe(303);
    const second = await browser.read("login", flowIdIn(ui.location));
    expect(messageIds(second)).toEqual([1010004]);
    const { answer: page } = await browser.follow(ui.location);
    expect(page.text).toContain('name="totp_code"');
    const code = await browser.post(second, { method: "totp", totp_code: await person.authenticator.code() });
    expect(code.status).toBe(303);
    expect(code.location).toBe(target);
    expect((await browser.session()).authenticator_assurance_level).toBe("aal2");
    expect((await browser.visit(target)).status).toBe(200);
  });

  test("natively: 200 with a usable token and identity null; the step-up repeats the same token", async () => {
    const person = await personWithTotp(at.server);
    const { app, answer } = await nativeAfterPassword(at.server, person);
    expect(answer.session.identity ?? null).toBeNull();
    expect(answer.continue_with).toBeNull();
    expect((await app.whoami()).status).toBe(403);
    const flow = await app.start("login", "?aal=aal2");
    const done = await app.submit(flow, { method: "totp", totp_code: await person.authenticator.code() });
    expect(done.status).toBe(200);
    expect(done.json<SignedInJson>()).toMatchObject({ session_token: app.token, session: { id: answer.session.id, authenticator_assurance_level: "aal2", identity: { id: person.identityId } } });
    expect((await app.session()).id).toBe(answer.session.id);
  });
});

describe("a completed second step", () => {
  test("keeps the session's id, rotates the browser's token at once, and never moves the end later", async () => {
    const person = await personWithTotp(at.server);
    const browser = new Browser(at.server);
    const first = await browser.submit(await browser.start("login"), { method: "password", identifier: person.email, password: person.password });
    expect(first.status).toBe(422);
    const before = browser.jar.copy();
    const list = (await person.app.fetch("/sessions")).json<{ id: string; expires_at: string }[]>();
    await stepUp(browser, person.authenticator);
    const session = await browser.session();
    expect(list.map((one) => one.id)).toContain(session.id);
    const ended = list.find((one) => one.id === session.id)?.expires_at ?? "";
    expect(new Date(session.expires_at).getTime()).toBeLessThanOrEqual(new Date(ended).getTime());
    expect((await new Browser(at.server, { jar: before }).whoami()).status).toBe(401);
  });

  test("rotates the anti-forgery token: a form left open elsewhere restarts", async () => {
    const person = await personWithTotp(at.server);
    const browser = await browserAfterPassword(at.server, person);
    const open = await browser.start("login", "?aal=aal2");
    await stepUp(browser, person.authenticator);
    const answer = await browser.submit(open, { method: "totp", totp_code: person.authenticator.lastCode(), csrf_token: csrfOf(open) });
    expect([400, 403]).toContain(answer.status);
    expect((await browser.session()).authentication_methods).toHaveLength(2);
  });

  test("every later proof in a browser rotates the token too", async () => {
    const browser = await browserAfterPassword(at.server, plain);
    const before = browser.jar.copy();
    const flow = await browser.start("login", "?refresh=true");
    const answer = await browser.submit(flow, { method: "password", identifier: plain.email, password: plain.password });
    expect(answer.status).toBe(200);
    expect((await new Browser(at.server, { jar: before }).whoami()).status).toBe(401);
    expect((await browser.session()).authentication_methods.map((entry) => entry.method)).toEqual(["password", "password"]);
  });

  test("a refresh with the password alone does not renew the second factor: the methods keep their own times", async () => {
    const person = await personWithTotp(at.server);
    const browser = await browserAtAal2(at.server, person);
    const before = await browser.session();
    await browser.submit(await browser.start("login", "?refresh=true"), { method: "password", identifier: person.email, password: person.password });
    const after = await browser.session();
    expect(after.authenticator_assurance_level).toBe("aal2");
    expect(after.authentication_methods.find((entry) => entry.method === "totp")?.completed_at).toBe(before.authentication_methods.find((entry) => entry.method === "totp")?.completed_at);
  });

  test("a recovery code raises the session once; the same code again is 4000012, whatever its spelling", async () => {
    const person = await enrolRecoveryCodes(await personWithTotp(at.server));
    const code = person.recoveryCodes[3] ?? "";
    const use = async (text: string): Promise<Answer> => {
      const browser = await browserAfterPassword(at.server, person);
      return browser.submit(await browser.start("login", "?aal=aal2"), { method: "lookup_secret", lookup_secret: text });
    };
    const first = await use(code.toLowerCase().replaceAll("-", " "));
    expect(first.status).toBe(200);
    expect(first.json<SignedInJson>().session.authentication_methods.at(-1)).toMatchObject({ method: "lookup_secret", aal: "aal2" });
    const again = await use(code);
    expect(again.status).toBe(400);
    expect(messageIds(again.json<FlowJson>())).toEqual([4000012]);
    const wrong = await use("0000-0000-0000-0000");
    expect(messageIds(wrong.json<FlowJson>())).toEqual([4000016]);
  });
});

describe("a refused second step", () => {
  test("a wrong code is 4000008 in the container; short and missing ones are told at the field", async () => {
    const person = await personWithTotp(at.server);
    const browser = await browserAfterPassword(at.server, person);
    const flow = await browser.start("login", "?aal=aal2");
    const wrong = await browser.submit(flow, { method: "totp", totp_code: person.authenticator.wrongCode() });
    expect(wrong.status).toBe(400);
    expect(messageIds(wrong.json<FlowJson>())).toContain(4000008);
    expect(valueOf(wrong.json<FlowJson>(), "totp_code") ?? "").toBe("");
    for (const totp_code of ["", "12345"]) {
      const answer = await browser.submit(wrong.json<FlowJson>(), { method: "totp", totp_code });
      expect(answer.status).toBe(400);
      expect(node(answer.json<FlowJson>(), "totp_code").messages.map((message) => message.id)[0]).toSatisfy((id: number) => [4000002, 4000003].includes(id));
    }
    expect((await browser.whoami()).status).toBe(403);
  });

  test("a code that was used already is refused in every session of the person", async () => {
    const person = await personWithTotp(at.server);
    const [one, two] = [await browserAfterPassword(at.server, person), await browserAfterPassword(at.server, person)];
    await stepUp(one, person.authenticator);
    const answer = await two.submit(await two.start("login", "?aal=aal2"), { method: "totp", totp_code: person.authenticator.lastCode() });
    expect(answer.status).toBe(400);
    expect(messageIds(answer.json<FlowJson>())).toContain(4000008);
    expect((await two.whoami()).status).toBe(403);
  });

  test("another person's code is no proof", async () => {
    const [grace, eve] = [await personWithTotp(at.server), await personWithTotp(at.server)];
    const browser = await browserAfterPassword(at.server, grace);
    const answer = await browser.submit(await browser.start("login", "?aal=aal2"), { method: "totp", totp_code: await eve.authenticator.code(), identifier: eve.email });
    expect(answer.status).toBe(400);
    expect((await browser.whoami()).status).toBe(403);
  });

  test("a flow of one session raises no other: another person's browser cannot complete it", async () => {
    const [grace, eve] = [await personWithTotp(at.server), await personWithTotp(at.server)];
    const theirs = await nativeAfterPassword(at.server, grace);
    const flow = await theirs.app.start("login", "?aal=aal2");
    const mine = await nativeAfterPassword(at.server, eve);
    const answer = await mine.app.submit(flow, { method: "totp", totp_code: await eve.authenticator.code() });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((await mine.app.whoami()).status).toBe(403);
    expect((await theirs.app.whoami()).status).toBe(403);
  });

  test("without any session it is 401 session_aal1_required", async () => {
    const person = await personWithTotp(at.server);
    const { app } = await nativeAfterPassword(at.server, person);
    const flow = await app.start("login", "?aal=aal2");
    const answer = await new Native(at.server).submit(flow, { method: "totp", totp_code: await person.authenticator.code() });
    expect(answer.status).toBe(401);
    expect(answer.json<ErrorJson>().error.id).toBe("session_aal1_required");
  });

  test("a second password is no second factor", async () => {
    const person = await personWithTotp(at.server);
    const browser = await browserAfterPassword(at.server, person);
    const answer = await browser.submit(await browser.start("login", "?aal=aal2"), { method: "password", identifier: person.email, password: person.password });
    expect(answer.status).toBe(400);
    const refresh = await browser.submit(await browser.start("login", "?refresh=true"), { method: "password", identifier: person.email, password: person.password });
    expect(refresh.status).toBe(422);
    expect((await browser.whoami()).status).toBe(403);
  });
});

describe("settings under Strict", () => {
  test("at aal1 of somebody with an app: 403 by script and natively, the second step by navigation and back", async () => {
    const browser = await browserAfterPassword(at.server, ada);
    const { app } = await nativeAfterPassword(at.server, ada);
    for (const answer of [await browser.fetch("/self-service/settings/browser"), await app.fetch("/self-service/settings/api")]) {
      expect(answer.status).toBe(403);
      const body = answer.json<ErrorJson>();
      expect(body.error.id).toBe("session_aal2_required");
      expect(new URL(body.redirect_browser_to ?? "").searchParams.get("aal")).toBe("aal2");
      expect(body.error.details?.["redirect_browser_to"]).toBe(body.redirect_browser_to);
    }
    const visit = await browser.visit(`/self-service/settings/browser?return_to=${encodeURIComponent(browser.url("/orders"))}`);
    expect(visit.status).toBe(303);
    const step = new URL(visit.location);
    expect([step.pathname, step.searchParams.get("aal")]).toEqual(["/self-service/login/browser", "aal2"]);
    expect(step.searchParams.get("return_to")).toContain("/self-service/settings/browser");
  });

  test("a flow opened at aal2 is refused to an aal1 session of the same person", async () => {
    const person = await personWithTotp(at.server);
    const flow = await person.app.start("settings");
    const { app } = await nativeAfterPassword(at.server, person);
    for (const answer of [await app.fetch(`/self-service/settings/flows?id=${flow.id}`), await app.submit(flow, { totp_unlink: true }), await app.submit(flow, { method: "password", password: "another long password" })]) {
      expect(answer.status).toBe(403);
      expect(answer.json<ErrorJson>().error.id).toBe("session_aal2_required");
    }
  });

  test("a person without a second factor opens settings with the password alone, and enrols", async () => {
    const person = await registerPerson(at.server);
    const browser = await browserAfterPassword(at.server, person);
    const flow = await browser.start("settings");
    const authenticator = new Authenticator(totpSecretOf(flow));
    expect((await browser.submit(flow, { method: "totp", totp_code: await authenticator.code() })).status).toBe(200);
    expect((await browser.session()).authenticator_assurance_level).toBe("aal2");
    const codes = await browser.submit(await browser.start("settings"), { lookup_secret_regenerate: true });
    expect(recoveryCodesOf(codes.json<FlowJson>())).toHaveLength(12);
  });

  test("enrolling makes the person's other sessions prove it", async () => {
    const person = await registerPerson(at.server);
    const elsewhere = await browserAfterPassword(at.server, person);
    expect((await elsewhere.whoami()).status).toBe(200);
    const flow = await person.app.start("settings");
    const authenticator = new Authenticator(totpSecretOf(flow));
    await person.app.submit(flow, { method: "totp", totp_code: await authenticator.code() });
    expect((await elsewhere.whoami()).status).toBe(403);
  });
});
