import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from "jose";
import type { CryptoKey, JWK } from "jose";
import type { KeyRing } from "../crypto/keys";
import type { ProjectDb, ProjectHandle, SigningKey } from "../db/handles";
import type { AuditActor } from "../model/audit";
import type { JsonObject } from "../model/identity";
import { addMs, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../model/time";
import { systemActor } from "../platform/audit";

/** A key that signs: what goes into the header of a token, and the key itself. */
export interface Signer {
  readonly kid: string;
  readonly algorithm: string;
  readonly key: CryptoKey;
}

export interface Rotation {
  /** The longest life of a token that the old key may have signed. */
  readonly maxTtlMs: number;
  /** Somebody else may have the old key: it stops at once, and so do the tokens it signed. */
  readonly compromised?: boolean;
  readonly actor?: AuditActor;
  /** Only while this key is the newest: of two rotations for one reason the second does nothing. */
  readonly onlyAfter?: string;
}

/** The key pairs that Rung makes, rotates and publishes for a project (`rung:managed`). Private halves are sealed at rest. */
export interface SigningKeys {
  /** The key that signs at `now`; the first use makes one, and one that is too old gets a successor. */
  signer(handle: ProjectHandle, maxTtlMs: number, now: Date): Promise<Signer>;
  /** Public keys that verify at `now`, and those that will sign soon. Makes the first one. */
  published(handle: ProjectHandle, maxTtlMs: number, now: Date): Promise<readonly JsonObject[]>;
  /** A new key; the old ones verify until no token of theirs can live. Answers its id, or null where `onlyAfter` was too late. */
  rotate(handle: ProjectHandle, rotation: Rotation, now: Date): Promise<string | null>;
}

const ALGORITHM = "ES256";
/** Verifiers cache the published set for a minute: a successor is there for twice as long before it signs. */
const PUBLISHED_AHEAD_MS = 2 * MINUTE_MS;
/** Clocks differ, and a gateway may look at a token a while after it was made. */
const KEPT_AFTER_MS = HOUR_MS;
const ROTATED_AFTER_MS = 90 * DAY_MS;
/** How long another process may go on with what it read. */
const REMEMBERED_MS = 5 * SECOND_MS;
const OPENED_MAX = 200;

export function createSigningKeys(keys: KeyRing): SigningKeys {
  const lists = new Map<string, { readonly until: number; readonly list: readonly SigningKey[] }>();
  const opened = new Map<string, Promise<CryptoKey>>();

  const known = async (handle: ProjectHandle, now: Date): Promise<readonly SigningKey[]> => {
    const entry = lists.get(handle.projectId);
    const at = now.getTime();
    if (entry !== undefined && entry.until > at && entry.until <= at + REMEMBERED_MS) return living(entry.list, now);
    const list = await handle.listSigningKeys(now);
    lists.set(handle.projectId, { until: at + REMEMBERED_MS, list });
    return living(list, now);
  };

  const rotate = async (handle: ProjectHandle, rotation: Rotation, now: Date): Promise<string | null> => {
    const pair = await newPair();
    const made = await handle.transaction(async (tx) => {
      // Locks the head of the project's audit chain first: whoever comes second sees the key of the first.
      await tx.appendAudit(entry(pair.kid, rotation), now);
      const list = living(await tx.listSigningKeys(now), now);
      if (rotation.onlyAfter !== undefined && list[0] !== undefined && list[0].kid !== rotation.onlyAfter) throw TOO_LATE;
      await succeed(tx, list, rotation, now, {
        ...pair.stored, sealed: keys.seal("signing", JSON.stringify(pair.privateJwk), [handle.projectId, pair.kid]),
      });
      return pair.kid;
    }).catch((error: unknown) => {
      if (error === TOO_LATE) return null;
      throw error;
    });
    lists.delete(handle.projectId);
    return made;
  };

  const ensured = async (handle: ProjectHandle, maxTtlMs: number, now: Date): Promise<{ readonly list: readonly SigningKey[]; readonly current: SigningKey }> => {
    const list = await known(handle, now);
    const current = begun(list, now);
    if (current === null) await rotate(handle, { maxTtlMs, onlyAfter: "" }, now);
    else if (list[0] === current && addMs(current.createdAt, ROTATED_AFTER_MS) <= now) await rotate(handle, { maxTtlMs, onlyAfter: current.kid }, now);
    else return { list, current };
    const after = living(await handle.listSigningKeys(now), now);
    const signs = begun(after, now);
    if (signs === null) throw new Error("a signing key vanished while it was made");
    return { list: after, current: signs };
  };

  return {
    async signer(handle, maxTtlMs, now) {
      const { current } = await ensured(handle, maxTtlMs, now);
      const name = `${handle.projectId}/${current.kid}`;
      const opening = opened.get(name)
        ?? importPrivate(keys.open("signing", current.sealed, [handle.projectId, current.kid]), current.algorithm);
      if (opened.size >= OPENED_MAX) opened.clear();
      opened.set(name, opening);
      return { kid: current.kid, algorithm: current.algorithm, key: await opening };
    },
    async published(handle, maxTtlMs, now) {
      const { list } = await ensured(handle, maxTtlMs, now);
      return list.map(({ publicJwk }) => publicJwk);
    },
    rotate,
  };
}

const TOO_LATE = Symbol("another rotation was first");

function living(list: readonly SigningKey[], now: Date): readonly SigningKey[] {
  return list.filter(({ retiresAt }) => retiresAt === null || retiresAt > now);
}

/**
 * The newest key whose time has come; `createdAt` of a successor lies a little ahead. A machine whose clock is behind the one
 * that made the only key takes that one.
 */
function begun(list: readonly SigningKey[], now: Date): SigningKey | null {
  return list.find(({ createdAt }) => createdAt <= now) ?? list.at(-1) ?? null;
}

async function succeed(tx: ProjectDb, list: readonly SigningKey[], rotation: Rotation, now: Date, key: Omit<SigningKey, "createdAt" | "retiresAt">): Promise<void> {
  const atOnce = rotation.compromised === true || begun(list, now) === null;
  const beginsAt = atOnce ? now : addMs(now, PUBLISHED_AHEAD_MS);
  const endsAt = rotation.compromised === true ? now : addMs(beginsAt, rotation.maxTtlMs + KEPT_AFTER_MS);
  for (const old of list) if (old.retiresAt === null || old.retiresAt > endsAt) await tx.retireSigningKey(old.kid, endsAt);
  await tx.insertSigningKey({ ...key, createdAt: beginsAt, retiresAt: null });
}

async function newPair(): Promise<{ readonly kid: string; readonly privateJwk: JWK; readonly stored: Omit<SigningKey, "sealed" | "createdAt" | "retiresAt"> }> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const privateJwk = await exportJWK(privateKey);
  const { kty = "EC", crv = "P-256", x = "", y = "" } = privateJwk;
  const kid = await calculateJwkThumbprint({ kty, crv, x, y });
  return { kid, privateJwk, stored: { kid, algorithm: ALGORITHM, publicJwk: { kty, crv, x, y, kid, alg: ALGORITHM, use: "sig" } } };
}

async function importPrivate(text: string, algorithm: string): Promise<CryptoKey> {
  const key = await importJWK(JSON.parse(text) as JWK, algorithm);
  if (key instanceof Uint8Array) throw new Error("a signing key is no key pair");
  return key;
}

function entry(kid: string, { actor = systemActor, compromised }: Rotation) {
  return { action: "signing_key.created", result: "ok" as const, actor, identityId: null, ipAddress: null, details: { kid, ...(compromised === true ? { compromised } : {}) } };
}
