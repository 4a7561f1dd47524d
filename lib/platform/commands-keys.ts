import { setTimeout as sleep } from "node:timers/promises";
import { addKey, KEY_FILE_SEEN_WITHIN_MS, keyIds, promoteKey } from "../crypto/keys";
import type { KeyRing, SealPurpose } from "../crypto/keys";
import type { Database, PlatformDb, SealedKind } from "../db/handles";
import { DomainError } from "../model/errors";
import { addMs } from "../model/time";
import type { Clock } from "../model/time";
import { cliActor } from "./audit";
import { consoleChain } from "./chain";
import type { ControlCommands, Tell } from "./control";
import { OUTPUT_LIVES_MS } from "./jobs";
import { openDocument, sealDocument } from "./sealed-config";

export interface KeyCommandDeps {
  /** `platform` is the bare one or the sealing one: documents are read below both. */
  readonly db: Pick<Database, "platform" | "forProject">;
  readonly keys: KeyRing;
  readonly keyFile: string;
  readonly clock: Clock;
  /** Before a new key seals, every process has to have read it. Absent: real time. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

const PURPOSE: Readonly<Record<SealedKind, SealPurpose>> = { totp: "totp", lookup: "lookup", signing: "signing", outbox: "outbox", job: "job" };
const KINDS: readonly SealedKind[] = ["totp", "lookup", "signing", "outbox", "job"];
const BATCH = 200;
/** A part of a job may be megabytes. */
const PARTS_BATCH = 10;
const SEEN_MS = 2.5 * KEY_FILE_SEEN_WITHIN_MS;

export interface Resealed {
  readonly key: string;
  /** How many values now lie under the new key that did not before. */
  readonly resealed: number;
  /** Values that still lie under an older key, by kind; 0 everywhere when the rotation is whole. */
  readonly left: Readonly<Record<string, number>>;
  /** Values that no key opens; they are left as they are. */
  readonly broken: number;
  /** Passwords and security keys that only an older key of the file can check; each moves to the new one at its owner's next sign-in. */
  readonly passwords: number;
  readonly security_keys: number;
}

/**
 * `keys-list` · `keys-add` (a key at the end of the file: it opens and does not seal) · `keys-rotate [id]` (that key, or a new one,
 * seals from now on, then everything is sealed again) · `keys-reseal` (goes on where a rotation was cut off).
 *
 * Nothing that stays needs an old key to be opened afterwards; forms, sign-ins, changes and links under way do until they end. Passwords and
 * security keys do until their owners sign in with them, because their last step is made with the key of their day; recovery codes,
 * signatures over exported logs and remembered browsers of that time always do.
 */
export function keyCommands(deps: KeyCommandDeps): ControlCommands {
  const { keyFile, keys, wait = sleep } = deps;
  return {
    "keys-list": async () => {
      const left = await leftOf(deps.db.platform, keys.currentKid);
      return keyIds(keyFile).map((id, index) => ({ id, seals: index === 0, values_under_older_keys: index === 0 ? sum(left) : null }));
    },
    "keys-add": async () => {
      const id = addKey(keyFile);
      await record(deps, "keys.added", { key: id });
      return { id };
    },
    "keys-rotate": async ([wanted], tell) => {
      const from = keys.currentKid;
      if (wanted !== undefined && !keyIds(keyFile).includes(wanted)) throw new DomainError("not_found", { reason: `The key file has no key ${wanted}. It has: ${keyIds(keyFile).join(", ")}` });
      const id = wanted ?? addKey(keyFile);
      tell(`Key ${id} is in the key file; every process reads it before it is used.`);
      await wait(SEEN_MS);
      promoteKey(keyFile, id);
      await wait(SEEN_MS);
      if (keys.currentKid !== id) throw new Error(`The key ${id} is in ${keyFile}, but this process does not use it. Is RUNG_KEY_FILE the same file?`);
      tell(`Key ${id} seals from now on. Sealing again what lies under older keys …`);
      return reseal(deps, from, tell);
    },
    "keys-reseal": (_args, tell) => reseal(deps, keys.currentKid, tell),
  };
}

/** Everything that is not under the current key, in batches; a row that changes meanwhile is sealed by whoever changes it. */
async function reseal(deps: KeyCommandDeps, from: string, tell: Tell): Promise<Resealed> {
  const { db: { platform }, keys, clock } = deps;
  const kid = keys.currentKid;
  const counted = { resealed: 0, broken: 0 };
  // What nobody may read any more is not sealed again; the tidying up beside the requests would remove it in minutes.
  await platform.dropSpentParts(addMs(clock.now(), -OUTPUT_LIVES_MS));
  for (const kind of KINDS) {
    for (let after = ""; ;) {
      const rows = await platform.listSealed(kind, { kid, after, limit: kind === "job" ? PARTS_BATCH : BATCH });
      for (const { id, sealed, binding } of rows) {
        const fresh = quietly(() => keys.seal(PURPOSE[kind], keys.open(PURPOSE[kind], sealed, binding), binding));
        if (fresh === null) counted.broken += 1;
        else if (await platform.replaceSealed(kind, id, sealed, fresh)) counted.resealed += 1;
      }
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.id;
      tell(`${kind}: ${String(counted.resealed)} values sealed again`);
    }
  }
  for (const table of ["revision", "draft"] as const) await resealDocuments(deps, table, kid, counted);
  const left = await leftOf(platform, kid);
  // Before what is only counted, over everybody: a count that takes too long leaves a rotation that is done and recorded.
  await record(deps, "keys.rotated", { from, to: kid, ...counted, left: sum(left) });
  const { passwords, securityKeys } = await platform.countMadeUnderOthers(kid);
  return { key: kid, ...counted, left, passwords, security_keys: securityKeys };
}

async function resealDocuments({ db: { platform }, keys }: KeyCommandDeps, table: "revision" | "draft", kid: string, counted: { resealed: number; broken: number }): Promise<void> {
  for (let after = ""; ;) {
    const rows = await platform.listSealedDocuments(table, { kid, after, limit: BATCH });
    for (const { id, projectId, document } of rows) {
      const fresh = quietly(() => sealDocument(keys, projectId, openDocument(keys, projectId, document)));
      if (fresh === null) counted.broken += 1;
      else if (await platform.replaceSealedDocument(table, id, document, fresh)) counted.resealed += 1;
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

async function leftOf(platform: PlatformDb, kid: string): Promise<Record<string, number>> {
  const left: Record<string, number> = {};
  for (const kind of KINDS) left[kind] = await platform.countSealed(kind, kid);
  for (const table of ["revision", "draft"] as const) left[table] = (await platform.listSealedDocuments(table, { kid, after: "", limit: BATCH })).length;
  return left;
}

async function record({ db, clock }: KeyCommandDeps, action: string, details: Readonly<Record<string, unknown>>): Promise<void> {
  const handle = db.forProject(await consoleChain(db.platform));
  await handle.transaction((tx) => tx.appendAudit({ action, actor: cliActor("rung keys"), result: "ok", details }, clock.now()));
}

function quietly<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

function sum(left: Readonly<Record<string, number>>): number {
  return Object.values(left).reduce((total, count) => total + count, 0);
}
