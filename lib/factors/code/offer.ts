import { DomainError } from "../../model/errors";
import type { Address } from "../../model/owned-address";
import { compileIdentitySchema, normaliseAddress } from "../../wire/identity-schema";
import { valueAt } from "../../wire/values";
import type { FactorContext, LoginStep } from "../factor";
import { acceptableAddresses, addressesOf } from "./addresses";

/** The addresses a second step shows: all that may prove it, or the one that the request's `via` names (contract 1.2). */
export function offeredAddresses(step: LoginStep, ctx: FactorContext): readonly Address[] {
  const all = acceptableAddresses(step, ctx.config);
  const via = new URL(step.flow.requestUrl).searchParams.get("via");
  if (via === null || via === "" || step.identity === null) return all;
  const text = valueAt(step.identity.traits, via);
  const named = typeof text !== "string" ? undefined
    : addressesOf(step.credentials, ctx.config, step.identity).find((one) => normaliseAddress(text, one.via) === one.value);
  if (named === undefined) throw new DomainError("bad_request", { reason: "The parameter via names no trait that codes are sent to." });
  return all.filter(({ value }) => value === named.value);
}

/** What the schema calls the name people sign in with; null when several do. */
export function schemaTitle(ctx: FactorContext): string | null {
  const { schemas, defaultSchemaId } = ctx.project.config;
  const found = schemas.find((schema) => schema.id === defaultSchemaId);
  return found === undefined ? null : compileIdentitySchema(found.schema).identifierTitle;
}
