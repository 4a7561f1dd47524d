import { randomId } from "../crypto/token";
import type { AccountSnapshot, Claim, NewPerson } from "../db/handles";
import { DomainError, DuplicateIdentifier } from "../model/errors";
import type { JsonObject, TraitFacts } from "../model/identity";
import type { CredentialId, IdentityId } from "../model/ids";
import type { PatternBudget } from "../model/pattern";
import { codeDocument, sameAddress } from "../model/owned-address";
import type { AddressImport, IdentityInput } from "../wire/identity-body";
import { adminEntry } from "./admin-context";
import type { AdminContext } from "./admin-context";
import { claimsOf, passwordRow, planCredentials } from "./credential-plan";
import { checkTraits } from "./traits";

export interface JudgedTraits {
  readonly traits: JsonObject;
  readonly facts: TraitFacts;
}

/** Traits held against their schema. Throws `bad_request` with the field and what is wrong (contract/admin.md 1.7). */
export function traitsOf(ctx: Pick<AdminContext, "project">, schemaId: string, traits: JsonObject, shared?: PatternBudget): JudgedTraits {
  if (!ctx.project.config.schemas.some(({ id }) => id === schemaId)) throw new DomainError("bad_request", { reason: `Unable to find JSON Schema ID: ${schemaId}` });
  const checked = checkTraits(ctx.project, schemaId, traits, shared);
  if (checked.ok) return checked;
  const [problem] = checked.problems;
  throw new DomainError("bad_request", { reason: `I[#/${(problem?.field ?? "traits").replaceAll(".", "/")}] S[#] ${problem?.message.text ?? "invalid"}` });
}

/** The addresses of the traits, with what an admin says of each. */
export function addressStates(facts: TraitFacts, said: readonly AddressImport[], now: Date): NewPerson["verifiable"] {
  return facts.verifiable.map(({ via, value }) => {
    const one = said.find((other) => sameAddress(other, { via, value }));
    const verified = one?.verified ?? false;
    return { via, value, verified, status: one?.status ?? "pending", verifiedAt: verified ? one?.verifiedAt ?? now : null };
  });
}

export function schemaIdOf({ schemaId }: IdentityInput, ctx: AdminContext): string {
  return schemaId ?? ctx.project.config.defaultSchemaId;
}

/** A person as they will be stored, with everything hashed and sealed; `judged` where the traits have been already. Throws `bad_request`; touches no database. */
export async function planPerson(input: IdentityInput, ctx: AdminContext, judged?: JudgedTraits): Promise<NewPerson> {
  const schemaId = schemaIdOf(input, ctx);
  const { traits, facts } = judged ?? traitsOf(ctx, schemaId, input.traits);
  const id = randomId() as IdentityId;
  const { insert } = await planCredentials(input.credentials, { id, facts, credentials: [] }, "merge", ctx);
  const named = insert.some(({ type }) => type === "password") || facts.identifiers.length === 0 ? [] : [passwordRow("", facts)];
  const codes = facts.codeAddresses ?? [];
  const reachable = codes.length === 0 ? [] : [{
    id: randomId() as CredentialId, type: "code" as const, slot: "single", config: codeDocument(codes), identifiers: codes.map(({ value }) => value),
  }];
  return {
    id, schemaId, traits, state: input.state ?? "active", metadataPublic: input.metadataPublic, metadataAdmin: input.metadataAdmin,
    externalId: input.externalId, verifiable: addressStates(facts, input.verifiable, ctx.now), recovery: facts.recovery,
    credentials: [...insert, ...named, ...reachable],
  };
}

/** Everything about a person that nobody else may have. */
export function claimsOfPerson(person: NewPerson): readonly Claim[] {
  return [
    ...claimsOf(person.credentials),
    ...person.verifiable.map(({ via, value }): Claim => ({ kind: "verifiable", of: via, value })),
    ...person.recovery.map(({ via, value }): Claim => ({ kind: "recovery", of: via, value })),
    ...(person.externalId === null ? [] : [{ kind: "external", of: "", value: person.externalId } as const]),
  ];
}

/**
 * A new person by an admin's word (contract/admin.md 1.7): no password policy, no hooks, no letters.
 * Throws `bad_request`, and `DuplicateIdentifier` when a name, address or external id is somebody else's.
 */
export async function createByAdmin(input: IdentityInput, ctx: AdminContext): Promise<AccountSnapshot> {
  const person = await planPerson(input, ctx);
  await ctx.handle.transaction(async (tx) => {
    if ((await tx.findTaken(claimsOfPerson(person))).length > 0) throw new DuplicateIdentifier();
    if (!await tx.insertPeople([person], ctx.now)) throw new DuplicateIdentifier();
    await tx.appendAudit(adminEntry(ctx, "identity.created", person.id, { credentials: typesOf(person) }), ctx.now);
  });
  const account = await ctx.handle.findAccount(person.id);
  if (account === null) throw new DomainError("conflict", { reason: "The identity was deleted as soon as it was there." });
  return account;
}

function typesOf(person: NewPerson): readonly string[] {
  return [...new Set(person.credentials.filter(({ config }) => config["hash"] !== "").map(({ type }) => type))];
}

