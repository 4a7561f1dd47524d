import { visitAgreeing } from "./app-consent";
import { publicKeyOf } from "./authenticator";
import type { CreationOptions, RequestOptions } from "./authenticator";
import { UPSTREAM, quarrelOf, together } from "./factors-config";
import type { Needs } from "./factors-config";
import { told } from "./factors-doors";
import type { Body, Door, FlowKind, Reply } from "./factors-doors";
import type { Somebody, World } from "./factors-world";
import { flowIdIn } from "./client";
import type { Browser } from "./client";
import { typedBack } from "./fixtures";
import { codeByMail, codeByText } from "./letters";
import { Authenticator } from "./totp";
import { nodes, recoveryCodesOf, totpSecretOf, valueOf } from "./wire";
import type { ErrorJson, FlowJson } from "./wire";

/*
 * The table that the matrix is made from (self-service contract 4.2): what a sign-in can begin with, and what can be its second half.
 * Every pair is the product of the two lists; what a pair needs of a project is the sum of what its halves need.
 */

/** One person at one door of one world. */
export interface Walk {
  readonly world: World;
  readonly door: Door;
  readonly person: Somebody;
}

interface Entry {
  readonly id: string;
  /** As `authentication_methods` has it. */
  readonly method: string;
  readonly needs: Needs;
  /** Apps have nodes for it too. */
  readonly native: boolean;
}
export interface FirstFactor extends Entry {
  /** What signing in with it alone is worth. */
  readonly aal: "aal1" | "aal2";
  /** Ends signed in. */
  register(walk: Walk): Promise<void>;
  /** One sign-in; answers what came of it. */
  signIn(walk: Walk): Promise<Reply>;
}
export interface SecondFactor extends Entry {
  /** Owning it makes Strict ask for it. A passkey does not: its owner named no second step (J6). */
  readonly raises: boolean;
  enrol(walk: Walk): Promise<void>;
  /** One second step in this flow; answers what came of it. */
  prove(walk: Walk, flow: FlowJson): Promise<Reply>;
  remove(walk: Walk): Promise<void>;
}

const passkeyFirst = (id: string, aal: "aal1" | "aal2"): FirstFactor => ({
  id, method: "passkey", aal, needs: { passkey: aal === "aal2" ? "second" : "first" }, native: true,
  async register(walk) {
    const flow = await walk.door.start("registration");
    const made = walk.person.firstKey.register(publicKeyOf<CreationOptions>(valueOf(flow, "passkey_create_data")));
    await saved(walk, "registration", flow, { method: "passkey", traits: traitsOf(walk), passkey_register: made });
  },
  async signIn(walk) {
    const flow = await walk.door.start("login");
    const signed = walk.person.firstKey.authenticate(publicKeyOf<RequestOptions>(valueOf(flow, "passkey_challenge")));
    return walk.door.submit("login", flow, { method: "passkey", passkey_login: signed });
  },
});

export const FIRST: readonly FirstFactor[] = [
  {
    id: "password", method: "password", aal: "aal1", needs: {}, native: true,
    async register(walk) {
      const flow = await walk.door.start("registration");
      await saved(walk, "registration", flow, { method: "password", traits: traitsOf(walk), password: walk.person.password });
    },
    async signIn({ door, person }) {
      return door.submit("login", await door.start("login"), { method: "password", identifier: person.email, password: person.password });
    },
  },
  {
    id: "code by mail", method: "code", aal: "aal1", needs: { code: "first" }, native: true,
    async register(walk) {
      const before = walk.world.mail.mails.length;
      const asked = { method: "code", traits: traitsOf(walk) } as const;
      const flow = sent(await walk.door.submit("registration", await walk.door.start("registration"), asked));
      await saved(walk, "registration", flow, { ...asked, code: await codeByMail(walk.world.mail, walk.person.email, before) });
    },
    async signIn({ world, door, person }) {
      const before = world.mail.mails.length;
      const asked = { method: "code", identifier: person.email } as const;
      const flow = sent(await door.submit("login", await door.start("login"), asked));
      return door.submit("login", flow, { ...asked, code: await codeByMail(world.mail, person.email, before) });
    },
  },
  passkeyFirst("passkey as one factor", "aal1"),
  passkeyFirst("passkey with its user verified", "aal2"),
  {
    id: "identity provider", method: "oidc", aal: "aal1", needs: {}, native: true,
    async register(walk) {
      const reply = await byProvider(walk, "registration");
      const { status } = await walk.door.whoami();
      if (status !== 200) throw new Error(`registering by the provider: ${told(reply)}`);
    },
    signIn: (walk) => byProvider(walk, "login"),
  },
  {
    id: "key alone", method: "webauthn", aal: "aal1", needs: { webauthn: "first" }, native: false,
    async register(walk) {
      const flow = await walk.door.start("registration");
      const made = walk.person.firstKey.register(publicKeyOf<CreationOptions>(valueOf(flow, "webauthn_register_trigger")));
      await saved(walk, "registration", flow, { method: "webauthn", traits: traitsOf(walk), webauthn_register: made, webauthn_register_displayname: "Blue key" });
    },
    async signIn({ door, person }) {
      const named = await door.submit("login", await door.start("login"), { method: "webauthn", identifier: person.email });
      const flow = named.flow ?? await door.read("login", flowIdIn((named.body as ErrorJson).redirect_browser_to ?? ""));
      const signed = person.firstKey.authenticate(publicKeyOf<RequestOptions>(valueOf(flow, "webauthn_login_trigger")));
      return door.submit("login", flow, { method: "webauthn", identifier: person.email, webauthn_login: signed });
    },
  },
];

const codeSecond = (id: string, trait: "phone" | "backup"): SecondFactor => ({
  id, method: "code", needs: { code: "second" }, native: true, raises: true,
  enrol: async (walk) => profile(walk, { ...traitsOf(walk), [trait]: walk.person[trait] }),
  async prove({ world, door, person }, flow) {
    const to = person[trait];
    const read = (after: number): Promise<string> => (trait === "phone" ? codeByText(world.sms, to, after) : codeByMail(world.mail, to, after));
    const before = (trait === "phone" ? world.sms.texts : world.mail.mails).length;
    // With one address and nothing else to choose, the code left as the flow began (contract 3.6).
    const waits = flow.state === "sent_email";
    const next = waits ? flow : sent(await door.submit("login", flow, { method: "code", address: to }));
    return door.submit("login", next, { method: "code", code: await read(waits ? 0 : before) });
  },
  remove: async (walk) => profile(walk, traitsOf(walk)),
});

export const SECOND: readonly SecondFactor[] = [
  {
    id: "authenticator app", method: "totp", needs: {}, native: true, raises: true,
    async enrol(walk) {
      const flow = await walk.door.start("settings");
      walk.person.app = new Authenticator(totpSecretOf(flow), () => walk.world.server.now());
      await saved(walk, "settings", flow, { method: "totp", totp_code: await walk.person.app.code() });
    },
    prove: async ({ door, person }, flow) => door.submit("login", flow, { method: "totp", totp_code: await person.app?.code() }),
    remove: async (walk) => saved(walk, "settings", await walk.door.start("settings"), { method: "totp", totp_unlink: true }),
  },
  {
    id: "recovery codes", method: "lookup_secret", needs: {}, native: true, raises: true,
    async enrol(walk) {
      const shown = await walk.door.submit("settings", await walk.door.start("settings"), { method: "lookup_secret", lookup_secret_regenerate: true });
      if (shown.flow === null) throw new Error(`making recovery codes: ${told(shown)}`);
      walk.person.codes = recoveryCodesOf(shown.flow);
      await saved(walk, "settings", shown.flow, { method: "lookup_secret", lookup_secret_confirm: true, ...typedBack(shown.flow, walk.person.codes) });
    },
    prove({ door, person }, flow) {
      const [code, ...left] = person.codes;
      person.codes = left;
      return door.submit("login", flow, { method: "lookup_secret", lookup_secret: code });
    },
    remove: async (walk) => saved(walk, "settings", await walk.door.start("settings"), { method: "lookup_secret", lookup_secret_disable: true }),
  },
  {
    id: "security key", method: "webauthn", needs: { webauthn: "second" }, native: false, raises: true,
    async enrol(walk) {
      const flow = await walk.door.start("settings");
      const made = walk.person.secondKey.register(publicKeyOf<CreationOptions>(valueOf(flow, "webauthn_register_trigger")));
      await saved(walk, "settings", flow, { method: "webauthn", webauthn_register: made, webauthn_register_displayname: "Green key" });
    },
    async prove({ door, person }, flow) {
      const signed = person.secondKey.authenticate(publicKeyOf<RequestOptions>(valueOf(flow, "webauthn_login_trigger")));
      return door.submit("login", flow, { method: "webauthn", identifier: String(valueOf(flow, "identifier")), webauthn_login: signed });
    },
    remove: (walk) => removeKey(walk, "webauthn"),
  },
  codeSecond("code by text message", "phone"),
  codeSecond("code by mail to another address", "backup"),
  {
    id: "passkey", method: "passkey", needs: { passkey: "second" }, native: true, raises: false,
    async enrol(walk) {
      const flow = await walk.door.start("settings");
      const made = walk.person.secondKey.register(publicKeyOf<CreationOptions>(valueOf(flow, "passkey_create_data")));
      await saved(walk, "settings", flow, { method: "passkey", passkey_settings_register: made });
    },
    async prove({ door, person }, flow) {
      const signed = person.secondKey.authenticate(publicKeyOf<RequestOptions>(valueOf(flow, "passkey_challenge")));
      return door.submit("login", flow, { method: "passkey", passkey_login: signed });
    },
    remove: (walk) => removeKey(walk, "passkey"),
  },
];

export type Pair =
  | { readonly kind: "possible"; readonly first: FirstFactor; readonly second: SecondFactor; readonly needs: Required<Needs> }
  /** One project cannot use this method for both halves. */
  | { readonly kind: "impossible"; readonly first: FirstFactor; readonly second: SecondFactor; readonly method: keyof Needs };

/** The whole product. Nothing is picked and nothing is left out. */
export const PAIRS: readonly Pair[] = FIRST.flatMap((first) => SECOND.map((second): Pair => {
  const needs = together(first.needs, second.needs);
  const method = quarrelOf(first.needs, second.needs);
  if (needs === null && method !== null) return { kind: "impossible", first, second, method };
  if (needs === null) throw new Error("nothing quarrels, and yet they do not fit");
  return { kind: "possible", first, second, needs };
}));
export const nameOf = ({ first, second }: Pair): string => `${first.id} + ${second.id}`;

function traitsOf({ person }: Walk): Readonly<Record<string, string>> {
  return { email: person.email };
}

async function profile(walk: Walk, traits: Readonly<Record<string, string>>): Promise<void> {
  await saved(walk, "settings", await walk.door.start("settings"), { method: "profile", traits });
}

async function removeKey(walk: Walk, method: "webauthn" | "passkey"): Promise<void> {
  const flow = await walk.door.start("settings");
  const wanted = Buffer.from(walk.person.secondKey.keys.at(-1)?.id ?? "", "base64url").toString("hex");
  const [button] = nodes(flow, `${method}_remove`).filter(({ attributes }) => attributes["value"] === wanted);
  if (button === undefined) throw new Error(`there is no button that removes the ${method}`);
  await saved(walk, "settings", flow, { method, [`${method}_remove`]: wanted });
}

/** A submission that must succeed, as far as its answer alone tells. */
async function saved({ door }: Walk, kind: FlowKind, flow: FlowJson, body: Body): Promise<void> {
  const reply = await door.submit(kind, flow, body);
  const form = door.kind === "html";
  const settled = kind === "settings" ? reply.flow?.state === "success" || (form && reply.flow === null) : !form || reply.flow === null;
  if (reply.status !== (form ? 303 : 200) || !settled) throw new Error(`${kind} with ${body.method}: ${told(reply)} ${JSON.stringify(reply.flow?.ui.messages ?? null)}`);
}

/** A code is on its way: 400 with the flow, or back to the flow's page (contract 5.9). */
function sent(reply: Reply): FlowJson {
  if (reply.flow?.state !== "sent_email" || (reply.status !== 400 && reply.status !== 303)) throw new Error(`asking for a code: ${told(reply)}`);
  return reply.flow;
}

/**
 * Away to the provider and back. Pages are answered by a redirect, scripts by 422 with an address for the browser; an app sends its
 * person to a browser of their own and fetches the session with the two codes (contract 1.9).
 */
async function byProvider({ world, door, person }: Walk, kind: "login" | "registration"): Promise<Reply> {
  const flow = await door.start(kind, door.kind === "native" ? { exchange: true } : {});
  const left = await door.submit(kind, flow, { method: "oidc", provider: UPSTREAM });
  const to = left.location ?? (left.body as ErrorJson | null)?.redirect_browser_to;
  if (to === undefined || left.status !== (door.kind === "html" ? 303 : 422)) throw new Error(`leaving for the provider: ${told(left)}`);
  const back = await world.upstream(person, () => through(door, to));
  if (door.kind !== "native") return { status: 303, body: null, location: back, flow: null };
  const code = new URL(back).searchParams.get("code");
  const initCode = (flow as { readonly session_token_exchange_code?: string }).session_token_exchange_code;
  if (code === null || initCode === undefined) throw new Error(`coming back to the app: ${back}`);
  return door.exchange(initCode, code);
}

const BACK = "/self-service/methods/oidc/complete";

/** Follows the browser to the provider and back, until our own way in lets go of it; answers where to. */
async function through({ browser }: Door, to: string): Promise<string> {
  const back = await returnFrom(browser, to);
  return new URL((await browser.visit(back)).location, back).href;
}

/** Where the provider's answer is handed over, not yet visited. */
export async function returnFrom(browser: Browser, to: string): Promise<string> {
  const trail = [to];
  for (let next = to; trail.length < 12; trail.push(next)) {
    if (new URL(next).pathname === BACK) return next;
    const { headers } = await visitAgreeing(browser, next);
    if (headers["location"] === undefined) break;
    next = new URL(headers["location"], next).href;
  }
  throw new Error(`no way back from the provider: ${trail.join(" → ")}`);
}
