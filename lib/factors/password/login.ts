import type { PasswordCredential } from "../../model/credential";
import type { JsonObject } from "../../model/identity";
import { say } from "../../wire/message";
import { compileIdentitySchema, normaliseIdentifier } from "../../wire/identity-schema";
import { textOf } from "../../wire/values";
import type { Commit, FactorContext, LoginCapability, LoginOutcome, LoginStep, Prepared, Rejected } from "../factor";
import { findPassword, isMigrating, isUsable } from "./credential";
import { loginNodes, refreshNodes } from "./nodes";
import { isOverlong } from "./rules";

export const passwordLogin: LoginCapability = { levels: ["first"], typed: true, nodes, subjectOf, submit };

/** One answer for a wrong password and an unknown person (security.md T45). */
const WRONG = (): Rejected => ({ kind: "rejected", messages: [say.wrongCredentials()] });

async function nodes(step: LoginStep, ctx: FactorContext): Promise<Prepared> {
  if (step.level !== "first") return { nodes: [] };
  if (step.identity === null) return { nodes: loginNodes(identifierTitle(ctx)) };
  const credential = findPassword(step.credentials);
  const identifier = credential?.identifiers[0];
  return { nodes: isUsable(credential, ctx.config) && identifier !== undefined ? refreshNodes(identifier) : [] };
}

/** The name as it is looked up, so that every spelling of it is counted against the same person. */
function subjectOf(payload: JsonObject): string | null {
  const typed = textOf(payload, "identifier") ?? textOf(payload, "password_identifier");
  const identifier = typed === null ? "" : normaliseIdentifier(typed);
  return identifier === "" ? null : identifier;
}

/**
 * Exactly one hash for everybody who names a person and a password: the stored one, or a dummy of the same cost. Whether
 * the account is switched off is told only after a right password. At a refresh the engine compares the people.
 */
async function submit(step: LoginStep, payload: JsonObject, ctx: FactorContext): Promise<LoginOutcome> {
  const identifier = subjectOf(payload) ?? (step.identity === null ? null : knownIdentifier(step));
  if (identifier === null) return missing("identifier");
  const typed = textOf(payload, "password");
  if (typed === null) return missing("password");
  if (isOverlong(typed)) return WRONG();
  const account = await ctx.db.findAccountByIdentifier("password", identifier);
  const credential = account === null ? null : findPassword(account.credentials);
  const { ok, rehash } = isMigrating(credential) ? await asked(credential, identifier, typed, ctx) : await ctx.passwords.verify(credential?.hash ?? null, typed);
  if (!ok || account === null || !isUsable(credential, ctx.config)) return WRONG();
  if (account.identity.state !== "active") return { kind: "rejected", messages: [say.identityDisabled()], counts: false };
  const newHash = rehash ? await hashOrNull(typed, ctx) : null;
  // Verifying took a while: the password may have been changed, with all its sessions ended, or the person switched off.
  const commit: Commit = (tx) => tx.replacePasswordHash(credential.id, credential.hash, newHash ?? credential.hash, ctx.now);
  return {
    kind: "authenticated",
    identityId: account.identity.id,
    method: { method: "password", aal: "aal1", completedAt: ctx.now },
    commit,
  };
}

/**
 * An older system is asked, and what it confirms is hashed here at once: it is asked no second time. A wrong password costs the dummy's
 * hash beside the question, so that only the length of the question tells such a person from a stranger.
 */
async function asked(credential: PasswordCredential | null, identifier: string, password: string, ctx: FactorContext): Promise<{ readonly ok: boolean; readonly rehash: boolean }> {
  const { migrateHook } = ctx.config.password;
  const ok = migrateHook !== null && isUsable(credential, ctx.config) && await ctx.askOlderSystem(migrateHook, { identifier, password }, ctx.project.config.webHooks);
  if (!ok) await ctx.passwords.verify(null, password);
  return { ok, rehash: ok };
}

function knownIdentifier(step: LoginStep): string | null {
  return findPassword(step.credentials)?.identifiers[0] ?? null;
}

/** A new hash is a courtesy: a full queue must not turn away somebody whose password is right. */
async function hashOrNull(password: string, ctx: FactorContext): Promise<string | null> {
  try {
    return await ctx.passwords.hash(password);
  } catch {
    return null;
  }
}

function missing(field: string): Rejected {
  return { kind: "rejected", messages: [say.missing(field)], field, counts: false };
}

function identifierTitle(ctx: FactorContext): string | null {
  const { schemas, defaultSchemaId } = ctx.project.config;
  const found = schemas.find((schema) => schema.id === defaultSchemaId);
  return found === undefined ? null : compileIdentitySchema(found.schema).identifierTitle;
}
