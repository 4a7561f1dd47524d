import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { CryptoKey, JWK, JWTPayload } from "jose";
import { listen } from "./identity-provider";

export type Fields = Record<string, unknown>;
export interface Reply {
  status?: number;
  body?: unknown;
  /** Before the first byte. */
  delayMs?: number;
  headers?: Record<string, string>;
}
/** An id token on its way to being signed. `raw` replaces the whole of it. */
export interface Draft {
  header: Fields & { alg: string };
  claims: JWTPayload & Fields;
  key: CryptoKey | Uint8Array;
  raw?: string;
}
/** What goes wrong. Everything that is not named is done as the specification wants it. */
export interface Crookedness {
  readonly discovery?: (document: Fields) => Reply;
  readonly keys?: (keys: JWK[]) => Reply;
  /** The address that the browser is sent back to. */
  readonly answer?: (back: URL) => URL;
  readonly idToken?: (draft: Draft, keys: Keys) => Draft | Promise<Draft>;
  readonly token?: (body: Fields) => Reply;
  readonly userinfo?: (body: Fields) => Reply;
}
export interface Keys {
  readonly good: CryptoKey;
  /** Published nowhere. */
  readonly stranger: CryptoKey;
  readonly published: JWK;
  readonly clientSecret: string;
}
export interface CrookedProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  crooked: Crookedness;
  /** Claims of the person; undefined ones are left out. */
  person: Fields;
  /** Codes that were given out, newest last. */
  readonly codes: string[];
  /** An ID token of the person as an app's SDK gets one, issued at `at`; `change` makes it crooked. */
  issue(nonce: string | undefined, at: Date, change?: Crookedness["idToken"]): Promise<string>;
  close(): Promise<void>;
}

interface Grant { readonly nonce: string | null; readonly challenge: string | null; readonly redirectUri: string; readonly maxAge: string | null }

/** A provider that does one thing wrong at a time; without a fault it is a correct one. */
export async function startCrookedProvider(): Promise<CrookedProvider> {
  const server = createServer();
  const issuer = `http://localhost:${String(await listen(server))}`;
  const good = await generateKeyPair("RS256", { extractable: true });
  const stranger = await generateKeyPair("RS256");
  const published: JWK = { ...(await exportJWK(good.publicKey)), kid: `key-${randomBytes(6).toString("hex")}`, alg: "RS256", use: "sig" };
  const grants = new Map<string, Grant>();
  const self: CrookedProvider = {
    issuer, clientId: "rung", clientSecret: "a-secret-of-forty-characters-for-the-tests", crooked: {}, person: { sub: "upstream-1" }, codes: [],
    issue: (nonce, at, change) => {
      const now = Math.floor(at.getTime() / 1_000);
      const claims = { iss: issuer, aud: self.clientId, iat: now, exp: now + 300, ...(nonce === undefined ? {} : { nonce }), ...self.person };
      return signed(claims, keys, change);
    },
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => { resolve(); }); }),
  };
  const keys: Keys = { good: good.privateKey, stranger: stranger.privateKey, published, clientSecret: self.clientSecret };
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    void route(request, self, keys, grants).then((reply) => send(response, reply), () => send(response, { status: 500, body: {} }));
  });
  return self;
}

async function route(request: IncomingMessage, self: CrookedProvider, keys: Keys, grants: Map<string, Grant>): Promise<Reply> {
  const url = new URL(request.url ?? "/", self.issuer);
  switch (url.pathname) {
    case "/.well-known/openid-configuration": {
      const document = discovery(self.issuer);
      return self.crooked.discovery?.(document) ?? { body: document };
    }
    case "/jwks": return self.crooked.keys?.([keys.published]) ?? { body: { keys: [keys.published] } };
    case "/authorize": return authorize(url, self, grants);
    case "/token": return token(await bodyOf(request), request, self, keys, grants);
    case "/userinfo": {
      const body = { ...self.person };
      return self.crooked.userinfo?.(body) ?? { body };
    }
    default: return { status: 404, body: {} };
  }
}

function discovery(issuer: string): Fields {
  return {
    issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`, userinfo_endpoint: `${issuer}/userinfo`,
    response_types_supported: ["code"], subject_types_supported: ["public"], id_token_signing_alg_values_supported: ["RS256", "none", "HS256"],
    token_endpoint_auth_methods_supported: ["client_secret_basic"], authorization_response_iss_parameter_supported: true,
  };
}

function authorize(url: URL, self: CrookedProvider, grants: Map<string, Grant>): Reply {
  const code = randomBytes(16).toString("hex");
  const redirectUri = url.searchParams.get("redirect_uri") ?? "";
  grants.set(code, { nonce: url.searchParams.get("nonce"), challenge: url.searchParams.get("code_challenge"), redirectUri, maxAge: url.searchParams.get("max_age") });
  self.codes.push(code);
  const back = new URL(redirectUri);
  back.searchParams.set("code", code);
  back.searchParams.set("state", url.searchParams.get("state") ?? "");
  back.searchParams.set("iss", self.issuer);
  const sent = self.crooked.answer?.(back) ?? back;
  return { status: 302, headers: { location: sent.href }, body: "" };
}

async function token(form: URLSearchParams, request: IncomingMessage, self: CrookedProvider, keys: Keys, grants: Map<string, Grant>): Promise<Reply> {
  const credentials = Buffer.from((request.headers.authorization ?? "").replace(/^Basic /, ""), "base64").toString("utf8");
  if (credentials !== `${self.clientId}:${self.clientSecret}`) return { status: 401, body: { error: "invalid_client" } };
  const code = form.get("code") ?? "";
  const grant = grants.get(code);
  grants.delete(code);
  const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
  if (grant?.redirectUri !== form.get("redirect_uri") || grant?.challenge !== challenge) return { status: 400, body: { error: "invalid_grant" } };
  const now = Math.floor(Date.now() / 1_000);
  const claims: JWTPayload & Fields = {
    iss: self.issuer, aud: self.clientId, iat: now, exp: now + 300, ...(grant.nonce === null ? {} : { nonce: grant.nonce }),
    ...(grant.maxAge === null ? {} : { auth_time: now }), ...self.person,
  };
  const idToken = await signed(claims, keys, self.crooked.idToken);
  const body: Fields = { access_token: randomBytes(16).toString("hex"), token_type: "Bearer", expires_in: 300, id_token: idToken };
  return self.crooked.token?.(body) ?? { body };
}

async function signed(claims: Draft["claims"], keys: Keys, change: Crookedness["idToken"]): Promise<string> {
  const draft: Draft = { header: { alg: "RS256", kid: String(keys.published.kid), typ: "JWT" }, claims, key: keys.good };
  const crooked = (await change?.(draft, keys)) ?? draft;
  return crooked.raw ?? await new SignJWT(crooked.claims).setProtectedHeader(crooked.header).sign(crooked.key);
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}

async function send(response: ServerResponse, { status = 200, body, delayMs = 0, headers = {} }: Reply): Promise<void> {
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body ?? {}));
}
