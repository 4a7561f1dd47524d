import type { ProjectReads } from "../../db/handles";

/**
 * The names under which a key without a password is found again, where traits have no address to find it by. A name that a key
 * has already is left out: it is the same person's, or an old name whose owner is told by their traits.
 */
export async function freeNames(db: Pick<ProjectReads, "findAccountByIdentifier">, identifiers: readonly string[]): Promise<readonly string[]> {
  const free: string[] = [];
  for (const identifier of identifiers) if ((await db.findAccountByIdentifier("webauthn", identifier)) === null) free.push(identifier);
  return free;
}
