import type { Adapter, AdapterUser } from "next-auth/adapters";
import { hashToken } from "../crypto/token";
import type { ProjectHandle } from "../db/handles";
import type { Identity } from "../model/identity";
import type { Project } from "../model/project";
import type { Services } from "../services";
import type { SessionView } from "../sessions/read";
import { revokeSession } from "../sessions/revoke";
import type { Dance } from "./dance";
import type { AskUpstream } from "../upstream/http";

/** One request's view of the world; options and adapter are built from it and die with it. */
export interface BridgeContext {
  readonly services: Services;
  readonly project: Project;
  readonly handle: ProjectHandle;
  readonly now: Date;
  readonly ipAddress: string | null;
  /** Set when the store did not answer: next-auth turns every failure into "signed out", and that would be a lie (T82). */
  failure: unknown;
  /** The round trip to a provider under way in this request; absent: none may begin or end. */
  readonly dance?: Dance;
  /** How providers are asked; tests hand in their own. */
  readonly ask?: AskUpstream;
}

/** Rides on the adapter's user, because the session callback sees no column of the row (house part 11). */
export interface RungUserFacts {
  readonly view: SessionView;
}

/**
 * The part of next-auth's adapter that reads. Rows are made and prolonged by the flow engine alone: `updateSession` does nothing,
 * and everything that would create or link throws and is never reached.
 */
export function bridgeAdapter(context: BridgeContext): Adapter {
  const { services, project, handle, now } = context;
  return {
    async getSessionAndUser(sessionToken) {
      try {
        const view = await services.readSession(handle, sessionToken, project, now);
        if (view === null) return null;
        // next-auth judges the end by the machine's own clock and deletes what it thinks is over; here readSession has judged already.
        const expires = new Date(Date.now() + view.session.expiresAt.getTime() - now.getTime());
        return { session: { sessionToken, userId: view.identity.id, expires }, user: userOf(view) };
      } catch (error) {
        context.failure = error;
        throw error;
      }
    },
    getUserByAccount: async () => null,
    async deleteSession(sessionToken) {
      const found = await handle.findSessionByTokenHash(hashToken(sessionToken));
      if (found === null) return null;
      await handle.transaction(async (tx) => {
        const { session, identity } = found;
        if (!(await revokeSession(tx, session.id, identity.id, now))) return;
        await tx.appendAudit({
          action: "session.revoked", result: "ok", actor: { kind: "person", identityId: identity.id }, identityId: identity.id,
          sessionId: session.id, ipAddress: context.ipAddress, details: { by: "next-auth" },
        }, now);
      });
      return null;
    },
    updateSession: async () => null,
    createUser: () => neverReached("createUser"),
    getUser: () => neverReached("getUser"),
    getUserByEmail: () => neverReached("getUserByEmail"),
    updateUser: () => neverReached("updateUser"),
    deleteUser: () => neverReached("deleteUser"),
    linkAccount: () => neverReached("linkAccount"),
    unlinkAccount: () => neverReached("unlinkAccount"),
    createSession: () => neverReached("createSession"),
    createVerificationToken: () => neverReached("createVerificationToken"),
    useVerificationToken: () => neverReached("useVerificationToken"),
  };
}

function neverReached(name: string): never {
  throw new Error(`next-auth called ${name}; people and sessions are made by the flow engine alone`);
}

function userOf(view: SessionView): AdapterUser {
  const { identity } = view;
  return { id: identity.id, name: nameOf(identity), email: emailOf(identity) ?? "", image: null, emailVerified: null, rung: { view } };
}

export function emailOf(identity: Identity): string | null {
  return identity.verifiableAddresses.find((address) => address.via === "email")?.value ?? textTrait(identity, "email");
}

export function nameOf(identity: Identity): string | null {
  const { name } = identity.traits;
  if (typeof name === "string") return name;
  if (typeof name !== "object" || name === null || Array.isArray(name)) return textTrait(identity, "username");
  const parts = Object.values(name).filter((part) => typeof part === "string" && part !== "");
  return parts.length === 0 ? null : parts.join(" ");
}

function textTrait(identity: Identity, name: string): string | null {
  const value = identity.traits[name];
  return typeof value === "string" ? value : null;
}
