import type { NextAuthOptions, Session } from "next-auth";
import { decideAccess } from "../policy/access";
import { requirementFor } from "../policy/requirements";
import { bridgeAdapter, emailOf, nameOf } from "./adapter";
import type { BridgeContext, RungUserFacts } from "./adapter";
import { dancerOf, shellOf } from "./providers";

/** As long as the round trip's own cookie (lib/http/cookies.ts). */
const DANCE_SECONDS = 15 * 60;

/** Where a person that a provider's answer named is led; lib/nextauth/callback.ts knows them by it. */
export const LET_IN = "/self-service/methods/oidc/complete";

/**
 * next-auth's options for one request of one project. No provider signs anybody in here: passwords, codes and keys go through the
 * flow engine, and a provider's dance ends in a URL of ours. `maxAge` and `updateAge` are equal, so nothing is ever prolonged.
 */
export function bridgeOptions(context: BridgeContext): NextAuthOptions {
  const { services, project } = context;
  const { session } = project.config;
  const lifespanSeconds = Math.floor(session.lifespanMs / 1_000);
  return {
    providers: providersOf(context),
    adapter: bridgeAdapter(context),
    secret: services.keys.macHex("action", "next-auth", project.row.key),
    session: { strategy: "database", maxAge: lifespanSeconds, updateAge: lifespanSeconds },
    pages: { signIn: project.config.flows.login.uiUrl, error: project.config.errorUiUrl },
    useSecureCookies: session.cookieSecure,
    cookies: {
      sessionToken: {
        name: session.cookieName,
        options: {
          httpOnly: true, path: session.cookiePath, secure: session.cookieSecure, sameSite: sameSiteOf(session.cookieSameSite),
          ...(session.cookieDomain === null ? {} : { domain: session.cookieDomain }),
        },
      },
      ...(context.dance ? danceCookies(context.dance.flowId, session.cookieSecure) : {}),
    },
    callbacks: {
      // Never yes: whoever a provider named is handed over to the flow engine, and the rest are nobody.
      signIn: () => (context.dance?.person ? `${project.config.baseUrl.replace(/\/$/, "")}${LET_IN}` : false),
      session: ({ session: shown, user }) => shownSession(shown.expires, user.rung, context),
      redirect: ({ url, baseUrl }) => (URL.canParse(url, baseUrl) && new URL(url, baseUrl).origin === new URL(baseUrl).origin ? new URL(url, baseUrl).href : baseUrl),
    },
    logger: {
      // A provider's refusal is no failure of ours, and next-auth's own records of one hold what the provider sent.
      error: (code, metadata) => (context.dance ? services.log.warn({ event: code }, "next-auth") : services.log.error({ event: code, metadata }, "next-auth")),
      warn: () => undefined,
      debug: () => undefined,
    },
  };
}

/** As next-auth's own, one set for each flow: a second round trip does not overwrite the first. */
function danceCookies(flowId: string, secure: boolean): NonNullable<NextAuthOptions["cookies"]> {
  const cookie = (name: string) => ({
    name: `${secure ? "__Secure-" : ""}next-auth.${name}.${flowId}`,
    options: { httpOnly: true, sameSite: "lax" as const, path: "/", secure, maxAge: DANCE_SECONDS },
  });
  return { pkceCodeVerifier: cookie("pkce.code_verifier"), state: cookie("state"), nonce: cookie("nonce") };
}

function providersOf({ project, dance, now }: BridgeContext): NextAuthOptions["providers"] {
  const { enabled, providers } = project.config.methods.oidc;
  if (!enabled) return [];
  return providers.map((provider) => (dance?.provider.id === provider.id ? dancerOf(dance, now) : shellOf(provider)));
}

/** The same question as whoami's. Unless the answer is `allow` there is no person in it, or this would be a side door. */
function shownSession(fallback: string, facts: RungUserFacts | undefined, { project, now }: BridgeContext): Session {
  const requirement = requirementFor({ kind: "session" }, project.config.policy, now) ?? { aal: "aal1" as const };
  if (facts === undefined) return { satisfied: false, aal: "aal0", required: requirement.aal, expires: fallback };
  const { session, identity, subject } = facts.view;
  const expires = session.expiresAt.toISOString();
  const decision = decideAccess(session, subject, requirement, now);
  if (decision.kind !== "allow") return { satisfied: false, aal: session.aal, required: requirement.aal, expires };
  return {
    satisfied: true, aal: session.aal, amr: session.methods.map(({ method }) => method), expires,
    user: { id: identity.id, name: nameOf(identity), email: emailOf(identity) },
  };
}

function sameSiteOf(value: "Strict" | "Lax" | "None"): "strict" | "lax" | "none" {
  return value === "Strict" ? "strict" : value === "None" ? "none" : "lax";
}
