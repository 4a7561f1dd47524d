import type { Claim, NewPerson } from "../db/handles";
import { DomainError, DuplicateIdentifier, isDomainError, isDuplicateIdentifier } from "../model/errors";
import type { JsonValue } from "../model/identity";
import type { IdentityId } from "../model/ids";
import type { PatternBudget } from "../model/pattern";
import { MAX_WORK } from "../model/pattern";
import { isObject, member } from "../wire/members";
import { MAX_CODES } from "../wire/credential-body";
import { readIdentityBody } from "../wire/identity-body";
import type { IdentityInput } from "../wire/identity-body";
import { adminEntry } from "./admin-context";
import type { AdminContext } from "./admin-context";
import { claimsOfPerson, planPerson, schemaIdOf, traitsOf } from "./admin-create";

export type ImportResult =
  | { readonly kind: "created"; readonly id: IdentityId }
  /** A `DomainError` (400) or `DuplicateIdentifier` (409). */
  | { readonly kind: "failed"; readonly error: unknown };

/** Limits of one batch (contract/admin.md 1.10). */
export const BATCH_MAX = 1_000;
export const BATCH_MAX_PLAINTEXT = 200;
/** Rung's own: a recovery code costs a small hash, so a thousand people may bring a usual set each, and not two hundred codes each. */
export const BATCH_MAX_CODES = 12_000;
/** Rung's own: what the patterns of identity schemas may cost for all rows together, in steps times characters. */
export const BATCH_MAX_WORK = 100 * MAX_WORK;

/** How many people are hashed for side by side: sign-ins need the hasher, too. */
const SIDE_BY_SIDE = 2;

export interface ImportOptions {
  /** A body that cannot be read, or a credential that cannot be imported, fails the whole request, as the batch operation has it. */
  readonly wholeRequest: boolean;
  /** Called inside the transaction that writes all good rows: what it writes is there with them or not at all. Not called row by row. */
  readonly stored?: (results: readonly (ImportResult | null)[]) => Promise<void>;
}

/**
 * Creates up to 1,000 people, each described as in a create; null entries stay null. Rows that cannot be stored fail alone: whose
 * traits break the schema or come after patterns had too much work (400), whose names are taken, in the project or by an earlier row (409).
 *
 * One transaction writes all good rows, each table by one statement; where somebody took a name in that very moment, row by row.
 * Throws `bad_request` for too many rows or clear passwords, and by `wholeRequest`.
 */
export async function importBatch(entries: readonly (JsonValue | null)[], options: ImportOptions, ctx: AdminContext): Promise<readonly (ImportResult | null)[]> {
  if (entries.length > BATCH_MAX) throw new DomainError("bad_request", { reason: `a batch may have at most ${String(BATCH_MAX)} identities` });
  if (entries.filter(hasClearPassword).length > BATCH_MAX_PLAINTEXT) {
    throw new DomainError("bad_request", { reason: `a batch may have at most ${String(BATCH_MAX_PLAINTEXT)} passwords in clear; import hashes, or send smaller batches` });
  }
  if (entries.reduce<number>((sum, entry) => sum + codesIn(entry), 0) > BATCH_MAX_CODES) {
    throw new DomainError("bad_request", { reason: `a batch may have at most ${String(BATCH_MAX_CODES)} recovery codes; send smaller batches` });
  }
  const planned = await planAll(entries, options, ctx);
  const results: (ImportResult | null)[] = planned.map((one) => (one === null || "kind" in one ? one : { kind: "created", id: one.id }));
  const people = planned.flatMap((one, index) => (one === null || "kind" in one ? [] : [{ index, person: one }]));
  const free = await withoutTaken(people, results, ctx);
  if (!await storeAll(free.map(({ person }) => person), results, options.stored, ctx)) {
    for (const { index, person } of free) if (!await storeOne(person, ctx)) results[index] = taken();
  }
  return results;
}

type Planned = NewPerson | ImportResult | null;

async function planAll(entries: readonly (JsonValue | null)[], { wholeRequest }: ImportOptions, ctx: AdminContext): Promise<readonly Planned[]> {
  const planned: Planned[] = entries.map(() => null);
  // A request says which rows were too much; whoever handed in a file could not send its rest, and a job is in nobody's way.
  const shared: PatternBudget = { left: wholeRequest ? BATCH_MAX_WORK : Infinity };
  const turn = turns();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < entries.length; index = next++) {
      const entry = entries[index] ?? null;
      if (entry === null) continue;
      // A row without credentials waits for nothing, and a pattern may take a while.
      await turn();
      planned[index] = await planEntry(entry, wholeRequest, shared, ctx);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return planned;
}

/** Each call waits for the event loop once, after those before it: between two of them everybody else has a turn. */
function turns(): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return last;
  };
}

async function planEntry(entry: JsonValue, wholeRequest: boolean, shared: PatternBudget, ctx: AdminContext): Promise<NewPerson | ImportResult> {
  const perRow = async <T>(run: () => T | Promise<T>, fatal: boolean): Promise<T | ImportResult> => {
    try {
      return await run();
    } catch (error) {
      if (fatal || !isDomainError(error) || error.code !== "bad_request") throw error;
      return { kind: "failed", error };
    }
  };
  const input = await perRow((): IdentityInput => readIdentityBody(entry, "strict"), wholeRequest);
  if ("kind" in input) return input;
  // The schema is the row's own business; a hash that nobody could verify is a fault of whoever exported it.
  const judged = shared.left < 0 ? tooMuchWork() : await perRow(() => traitsOf(ctx, schemaIdOf(input, ctx), input.traits, shared), false);
  if ("kind" in judged) return shared.left < 0 ? tooMuchWork() : judged;
  return perRow(() => planPerson(input, ctx, judged), wholeRequest);
}

const at = (value: JsonValue | undefined, name: string): JsonValue | undefined => (isObject(value) ? member(value, name) : undefined);

function hasClearPassword(entry: JsonValue | null): boolean {
  const clear = at(at(at(at(entry ?? undefined, "credentials"), "password"), "config"), "password");
  return typeof clear === "string" && clear !== "";
}

/** Recovery codes that will be hashed for this row. */
function codesIn(entry: JsonValue | null): number {
  const codes = at(at(at(at(entry ?? undefined, "credentials"), "lookup_secret"), "config"), "codes");
  // A longer list is refused unread, and costs nothing.
  return Array.isArray(codes) && codes.length <= MAX_CODES ? codes.length : 0;
}

const keyOf = ({ kind, of, value }: Claim): string => JSON.stringify([kind, of, value]);
const tooMuchWork = (): ImportResult => ({
  kind: "failed", error: new DomainError("bad_request", { reason: "the patterns of the identity schema took too much work over this batch; send the rest in smaller batches" }),
});
const taken = (): ImportResult => ({ kind: "failed", error: new DuplicateIdentifier() });

/** Leaves out whose names somebody has, or an earlier row of the batch; notes that in the results. */
async function withoutTaken(
  people: readonly { readonly index: number; readonly person: NewPerson }[], results: (ImportResult | null)[], ctx: AdminContext,
): Promise<readonly { readonly index: number; readonly person: NewPerson }[]> {
  const claims = people.map(({ person }) => claimsOfPerson(person));
  const gone = new Set((await ctx.handle.findTaken(claims.flat())).map(keyOf));
  return people.filter(({ index }, at) => {
    const keys = (claims[at] ?? []).map(keyOf);
    if (keys.some((key) => gone.has(key))) {
      results[index] = taken();
      return false;
    }
    for (const key of keys) gone.add(key);
    return true;
  });
}

/** False: somebody took one of the names since they were looked up; nothing is written. */
async function storeAll(
  people: readonly NewPerson[], results: readonly (ImportResult | null)[], stored: ImportOptions["stored"], ctx: AdminContext,
): Promise<boolean> {
  if (people.length === 0) return true;
  const failed = results.filter((one) => one?.kind === "failed").length;
  return storedOrNot(async () => ctx.handle.transaction(async (tx) => {
    if (!await tx.insertPeople(people, ctx.now)) throw new DuplicateIdentifier();
    await stored?.(results);
    const details = { created: people.length, failed, identities: people.map(({ id }) => id) };
    await tx.appendAudit(adminEntry(ctx, "identity.imported", null, details), ctx.now);
  }));
}

async function storeOne(person: NewPerson, ctx: AdminContext): Promise<boolean> {
  return storedOrNot(async () => ctx.handle.transaction(async (tx) => {
    if ((await tx.findTaken(claimsOfPerson(person))).length > 0 || !await tx.insertPeople([person], ctx.now)) throw new DuplicateIdentifier();
    await tx.appendAudit(adminEntry(ctx, "identity.created", person.id, { by: "import" }), ctx.now);
  }));
}

async function storedOrNot(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    if (isDuplicateIdentifier(error)) return false;
    throw error;
  }
}
