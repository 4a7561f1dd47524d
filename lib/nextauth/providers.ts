import type { OAuthConfig } from "next-auth/providers/oauth";
import type { OAuthChecks } from "next-auth/providers/oauth";
import type { JsonObject, JsonValue } from "../model/identity";
import type { OidcProviderConfig } from "../model/project";
import { UpstreamError, failureOf } from "../upstream/failure";
import type { Dance } from "./dance";
import { jsonOf } from "../upstream/metadata";
import { gitHubPerson, personFrom } from "../upstream/person";
import { exchangeCode, userinfoFor } from "./token";
import type { Tokens } from "./token";

type Provider = OAuthConfig<JsonObject>;

/** A provider as next-auth lists it. Nobody can begin a dance with it: that is lib/nextauth/start.ts's alone. */
export function shellOf({ id, label, clientId }: OidcProviderConfig): Provider {
  return { id, name: label, type: "oauth", clientId, clientSecret: "", authorization: "https://unused.invalid/", profile: ({ sub }) => ({ id: String(sub) }) };
}

/**
 * The provider of one dance. next-auth makes and keeps state, PKCE verifier and nonce in this browser's cookies; the steps that
 * speak to the provider and judge its answer are ours (lib/nextauth/token.ts).
 */
export function dancerOf(dance: Dance, now: Date): Provider {
  const { provider, metadata } = dance;
  let tokens: Tokens | null = null;
  return {
    ...shellOf(provider),
    checks: [...(provider.pkce === "never" ? [] : ["pkce" as const]), "state", ...(metadata.issuer === null ? [] : ["nonce" as const])],
    authorization: { url: metadata.authorizationEndpoint, params: paramsOf(dance) },
    token: {
      url: metadata.tokenEndpoint,
      request: async ({ params, checks, provider: { callbackUrl } }) => watched(dance, async () => {
        const { code, state, iss } = params as Readonly<Record<string, string | undefined>>;
        tokens = await exchangeCode(dance, { code, state, iss, ...expectedBy(checks), redirectUri: callbackUrl }, now);
        return { tokens: {} };
      }) as never,
    },
    userinfo: {
      request: async () => watched(dance, async () => {
        if (tokens === null) throw new UpstreamError("oidc_bad_answer", "no tokens");
        const person = tokens.claims === null
          ? await askGitHub(dance, tokens.accessToken)
          : personFrom(provider, String(tokens.claims["iss"]), { ...namesOf(dance), ...tokens.claims }, await userinfoFor(dance, tokens));
        dance.person = person;
        return { sub: person.subject };
      }),
    },
  };
}

/** `login_hint` and everything else a caller may wish is left at home (T33). */
function paramsOf({ provider, again }: Dance): Record<string, string> {
  return {
    scope: provider.scope.join(" "), response_type: "code",
    ...(provider.kind === "apple" ? { response_mode: "form_post" } : {}),
    ...(again ? { prompt: "login", max_age: "0" } : {}),
  };
}

function expectedBy(checks: OAuthChecks): { readonly expectedState: string | undefined; readonly codeVerifier: string | undefined; readonly nonce: string | undefined } {
  const { state, code_verifier: codeVerifier, nonce } = checks as Readonly<Record<string, unknown>>;
  return { expectedState: text(state), codeVerifier: text(codeVerifier), nonce: text(nonce) };
}

async function askGitHub(dance: Dance, accessToken: string): Promise<ReturnType<typeof gitHubPerson>> {
  const { ask, rules, metadata, provider } = dance;
  const url = metadata.userinfoEndpoint ?? "";
  const headers = { authorization: `Bearer ${accessToken}`, accept: "application/vnd.github+json" };
  const user = await jsonOf(url, ask, rules, headers);
  // A list, and refused where the scope was not granted: then nobody vouches for an address.
  const answer = await ask({ url: `${url}/emails`, method: "GET", headers }, rules).catch(() => null);
  const emails = answer?.status === 200 ? listIn(answer.body) : [];
  return gitHubPerson(provider, user as JsonObject, emails);
}

function listIn(body: string): readonly JsonValue[] {
  try {
    const value: unknown = JSON.parse(body);
    return Array.isArray(value) ? value as readonly JsonValue[] : [];
  } catch {
    return [];
  }
}

function namesOf({ said }: Dance): JsonObject {
  return {
    ...(said.givenName === undefined ? {} : { given_name: said.givenName }),
    ...(said.familyName === undefined ? {} : { family_name: said.familyName }),
  };
}

/** next-auth turns every failure into one word; what it was is noted here first. */
async function watched<T>(dance: Dance, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    dance.failure = failureOf(error);
    throw error;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
