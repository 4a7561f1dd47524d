import type { NextAuthOptions, Session } from "next-auth";
import { decideAccess } from "../policy/access";
import { requirementFor } from "../policy/requirements";
import { bridgeAdapter, emailOf, nameOf } from "./adapter";
import type { BridgeContext, RungUserFacts } from "./adapter";

/**
 * next-auth's options for one request of one project. No provider signs anybody in here: passwords, codes and keys go through the
 * flow engine, and a provider's dance ends in a URL of ours. `maxAge` and `updateAge` are equal, so nothing is ever prolonged.
 */
export function bridgeOptions(context: BridgeContext): NextAuthOptions {
  const { services, project } = context;
  const { session } = project.config;
  const lifespanSeconds = Math.floor(session.lifespanMs / 1_000);
  return {
    providers: [],
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
    },
    callbacks: {
      // Until a provider exists nobody may come in by this door.
      signIn: () => false,
      session: ({ session: shown, user }) => shownSession(shown.expires, user.rung, context),
      redirect: ({ url, baseUrl }) => (URL.canParse(url, baseUrl) && new URL(url, baseUrl).origin === new URL(baseUrl).origin ? new URL(url, baseUrl).href : baseUrl),
    },
    logger: {
      error: (code, metadata) => services.log.error({ event: code, metadata }, "next-auth"),
      warn: () => undefined,
      debug: () => undefined,
    },
  };
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
