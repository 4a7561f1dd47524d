import { hashToken } from "../crypto/token";
import type { ProjectReads } from "../db/handles";
import type { Credential } from "../model/credential";
import type { Identity } from "../model/identity";
import type { SubjectFacts } from "../model/policy";
import type { Project } from "../model/project";
import type { Session } from "../model/session";
import { subjectFacts, type CountedFactor } from "./subject";

/** A live session with its person, and what that person could prove now. Everything a decision needs. */
export interface SessionView {
  readonly session: Session;
  readonly identity: Identity;
  readonly credentials: readonly Credential[];
  readonly subject: SubjectFacts;
  /** The project's revision in force when the row was read. Newer than `project.config.revision`: resolve and ask again. */
  readonly currentRevision: number;
}

/** Longer than any token ever issued; a longer value is not worth a hash. */
const TOKEN_MAX_CHARACTERS = 256;

/**
 * The live session behind a token, in one query. Null when there is no token, none is known by it, it was revoked, it
 * ended at or before `now`, or its person is inactive. A failing database throws: it never reads as "signed out" (T82).
 */
export async function readSession(
  handle: ProjectReads,
  token: string | null,
  project: Project,
  now: Date,
  registry: readonly CountedFactor[],
): Promise<SessionView | null> {
  if (token === null || token === "" || token.length > TOKEN_MAX_CHARACTERS) return null;
  const found = await handle.findSessionByTokenHash(hashToken(token));
  if (found === null || !isLive(found.session, now) || found.identity.state !== "active") return null;
  return { ...found, subject: subjectFacts(found.credentials, project.config.methods, registry, found.identity) };
}

/** Not revoked, and not over at `now`. Reading never makes a session fresher (J16). */
export function isLive(session: Session, now: Date): boolean {
  return session.revokedAt === null && session.expiresAt.getTime() > now.getTime();
}
