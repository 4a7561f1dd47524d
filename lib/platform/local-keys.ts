import type { PlatformDb } from "../db/handles";
import { DomainError } from "../model/errors";
import type { ProjectId } from "../model/ids";
import { addMs, MINUTE_MS } from "../model/time";
import type { Clock } from "../model/time";
import { issueApiKey, listApiKeys, revokeApiKey } from "./api-keys";
import type { ApiKeyOwner } from "./api-keys";
import { cliActor } from "./audit";

/** Long enough for an import, too short to be worth keeping. */
export const LOCAL_KEY_TTL_MS = 15 * MINUTE_MS;
const NAME = "rung on this machine";

export interface LocalKeyDeps {
  readonly db: { readonly platform: PlatformDb };
  readonly clock: Clock;
}

export interface LocalKey {
  readonly id: string;
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/**
 * A key for whoever sits at the machine: they reached the control socket (mode 0600) or hold the database's address, so they could
 * read everything anyway. It is an ordinary key otherwise, of one project or of the console API, for 15 minutes, and on record.
 * Throws `not_found` for a project that is none.
 */
export async function mintLocalKey({ db: { platform }, clock }: LocalKeyDeps, owner: ApiKeyOwner): Promise<LocalKey> {
  const now = clock.now();
  if ("projectId" in owner && !(await platform.listProjects()).some(({ id }) => id === owner.projectId)) throw new DomainError("not_found", { reason: "There is no such project." });
  // What an earlier command left behind because it was cut off.
  const over = (await listApiKeys(platform, owner)).filter(({ name, expiresAt }) => name === NAME && expiresAt !== null && expiresAt <= now);
  for (const { id } of over) await revokeApiKey(platform, id);
  const expiresAt = addMs(now, LOCAL_KEY_TTL_MS);
  const { key, token } = await issueApiKey(platform, owner, { name: NAME, expiresAt }, { actor: cliActor(NAME) }, now);
  return { id: key.id, token, expiresAt: expiresAt.toISOString() };
}

/** The command is over, and so is its key; false when there was none. */
export function endLocalKey({ db }: LocalKeyDeps, id: string): Promise<boolean> {
  return revokeApiKey(db.platform, id);
}

/** `installation` or `project ID`, as a command's arguments. Throws `bad_request`. */
export function ownerOf([kind, id = ""]: readonly string[]): ApiKeyOwner {
  if (kind === "installation") return { installation: true };
  if (kind === "project" && id !== "") return { projectId: id as ProjectId };
  throw new DomainError("bad_request", { reason: "A key is for the installation or for a project." });
}
