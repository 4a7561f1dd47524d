import type { NextApiRequest, NextApiResponse } from "next";
import NextAuth, { getServerSession } from "next-auth";
import type { Session } from "next-auth";
import { DomainError } from "../model/errors";
import type { BridgeContext } from "./adapter";
import { isDoor } from "./doors";
import { bridgeOptions } from "./options";

/** One call of next-auth, as plain values. Its handler for API routes needs no framework around it, so tests run it as it is. */
export interface AuthCall {
  readonly method: string;
  /** Path segments after `/api/auth/`. */
  readonly segments: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  /** Decoded: next-auth writes its own percent-encoded, and reads them as the framework would hand them over. */
  readonly cookies: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}
export interface AuthAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Never a session cookie with a value: only the flow engine hands those out. */
  readonly setCookies: readonly string[];
  readonly body: string;
}

/**
 * Runs one call. Throws `not_found` for what is no door of ours, before next-auth sees it, and `unavailable` when the store did
 * not answer, which next-auth itself would call "signed out".
 */
export async function runNextAuth(call: AuthCall, context: BridgeContext): Promise<AuthAnswer> {
  const { enabled, providers } = context.project.config.methods.oidc;
  if (!isDoor(call.segments, enabled ? providers.map(({ id }) => id) : [])) throw new DomainError("not_found");
  return runDance(call, context);
}

/** The same for a dance of ours, which knows its door. */
export async function runDance(call: AuthCall, context: BridgeContext): Promise<AuthAnswer> {
  const sink = responseSink();
  trustOwnHost();
  await NextAuth(requestOf(call, context), sink.response, bridgeOptions(context));
  if (context.failure !== null) throw new DomainError("unavailable", { retryAfterSeconds: 2 }, { cause: context.failure });
  const answer = sink.answer();
  return { ...answer, setCookies: withoutReissue(answer.setCookies, context.project.config.session.cookieName) };
}

/** `getServerSession` for this request: the session as `useSession` shows it, or null when nobody is signed in. */
export async function bridgeSession(cookies: Readonly<Record<string, string>>, context: BridgeContext): Promise<Session | null> {
  const sink = responseSink();
  trustOwnHost();
  const call: AuthCall = { method: "GET", segments: ["session"], query: {}, cookies, body: {} };
  const session = await getServerSession(requestOf(call, context), sink.response, bridgeOptions(context));
  if (context.failure !== null) throw new DomainError("unavailable", { retryAfterSeconds: 2 }, { cause: context.failure });
  return session;
}

/** Cookies as sent, percent-decoded where they can be. */
export function decodedCookies(cookies: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...cookies].map(([name, value]) => [name, decoded(value)]));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Reading sends the session cookie again, with a later end than the row has. Deletions pass, re-issues do not. */
export function withoutReissue(setCookies: readonly string[], cookieName: string): readonly string[] {
  return setCookies.filter((cookie) => {
    const [pair = ""] = cookie.split(";", 1);
    const at = pair.indexOf("=");
    const ours = pair.slice(0, at) === cookieName || pair.slice(0, at).startsWith(`${cookieName}.`);
    return !ours || pair.slice(at + 1) === "";
  });
}

/** Host and scheme come from the project's configuration, whatever the request said; one origin for the whole process would be wrong. */
function trustOwnHost(): void {
  delete process.env["NEXTAUTH_URL"];
  process.env["AUTH_TRUST_HOST"] = "true";
}

function requestOf(call: AuthCall, { project, dance }: BridgeContext): NextApiRequest {
  // A provider knows one redirect address; an operator may have registered it under another name of this host.
  const base = new URL(dance === undefined ? project.config.baseUrl : project.config.methods.oidc.baseRedirectUri ?? project.config.baseUrl);
  const headers = { host: base.host, "x-forwarded-host": base.host, "x-forwarded-proto": base.protocol.slice(0, -1) };
  const query = { ...call.query, nextauth: [...call.segments] };
  return { method: call.method, query, cookies: { ...call.cookies }, body: { ...call.body }, headers } as unknown as NextApiRequest;
}

const COOKIES = "set-cookie";

interface Sink {
  readonly response: NextApiResponse;
  answer(): AuthAnswer;
}

/** What the handler writes to; only the methods it calls. */
function responseSink(): Sink {
  let status = 200;
  let body = "";
  const headers = new Map<string, string | readonly string[]>();
  const response = {
    status(code: number) {
      status = code;
      return response;
    },
    setHeader(name: string, value: string | readonly string[]) {
      headers.set(name.toLowerCase(), value);
      return response;
    },
    getHeader: (name: string) => headers.get(name.toLowerCase()),
    send(value: unknown) {
      body = typeof value === "string" ? value : JSON.stringify(value ?? {});
    },
    json(value: unknown) {
      headers.set("content-type", "application/json");
      body = JSON.stringify(value);
    },
    end: () => undefined,
  };
  return {
    response: response as unknown as NextApiResponse,
    answer() {
      const cookies = headers.get(COOKIES) ?? [];
      const plain = [...headers].filter(([name]) => name !== COOKIES).map(([name, value]) => [name, typeof value === "string" ? value : value.join(", ")] as const);
      return { status, body, headers: Object.fromEntries(plain), setCookies: typeof cookies === "string" ? [cookies] : cookies };
    },
  };
}
