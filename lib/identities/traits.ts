import type { IdentityChange } from "../db/handles";
import type { Identity, JsonObject, TraitFacts } from "../model/identity";
import type { Message } from "../model/message";
import type { PatternBudget } from "../model/pattern";
import type { Project } from "../model/project";
import { DomainError } from "../model/errors";
import { compileIdentitySchema } from "../wire/identity-schema";

export type CheckedTraits =
  | { readonly ok: true; readonly traits: JsonObject; readonly facts: TraitFacts }
  /** `field` is the node the message belongs to, `traits.email`. */
  | { readonly ok: false; readonly problems: readonly { readonly field: string; readonly message: Message }[] };

/** The schema of this project by its id. An unknown one is the caller's mistake: `bad_request`. */
export function schemaOf(project: Project, schemaId: string): ReturnType<typeof compileIdentitySchema> {
  const found = project.config.schemas.find((schema) => schema.id === schemaId);
  if (found === undefined) throw new DomainError("bad_request", { reason: `unknown identity schema "${schemaId}"` });
  return compileIdentitySchema(found.schema);
}

/** Traits held against their schema, with what the schema says about them. Whatever passes may be stored as it stands. `shared` as in `IdentitySchema`. */
export function checkTraits(project: Project, schemaId: string, traits: unknown, shared?: PatternBudget): CheckedTraits {
  const schema = schemaOf(project, schemaId);
  const checked = schema.validate(traits, shared);
  if (!checked.ok) return checked;
  return { ok: true, traits: checked.traits, facts: schema.facts(checked.traits) };
}

/** What the schema says about the traits a person has now. */
export function factsOf(project: Project, identity: Identity): TraitFacts {
  return schemaOf(project, identity.schemaId).facts(identity.traits);
}

export type TraitPlan =
  | { readonly ok: false; readonly problems: Extract<CheckedTraits, { ok: false }>["problems"] }
  | {
      readonly ok: true;
      /** An address or name that identifies, verifies, recovers or receives codes differs: the change is as guarded as a factor's (J15). */
      readonly touchesAddresses: boolean;
      /** Nothing at all differs. */
      readonly unchanged: boolean;
      readonly change: Omit<IdentityChange, "at">;
      /** The password identifiers to set; null when they stay. */
      readonly identifiers: readonly string[] | null;
      readonly facts: TraitFacts;
    };

/**
 * What saving these traits would do. Pure. The address sets are compared before and after, whatever the trait is called
 * (security.md T55), and against the stored rows as well as the stored traits, so that neither can be dodged.
 */
export function planTraitChange(identity: Identity, newTraits: unknown, project: Project): TraitPlan {
  const checked = checkTraits(project, identity.schemaId, newTraits);
  if (!checked.ok) return checked;
  const before = factsOf(project, identity);
  const after = checked.facts;
  const identifiersDiffer = !sameSet(before.identifiers, after.identifiers);
  const verifiableDiffer =
    !sameSet(before.verifiable.map(addressKey), after.verifiable.map(addressKey)) ||
    !sameSet(identity.verifiableAddresses.map(addressKey), after.verifiable.map(addressKey));
  const recoveryDiffer =
    !sameSet(before.recovery.map(addressKey), after.recovery.map(addressKey)) ||
    !sameSet(identity.recoveryAddresses.map(addressKey), after.recovery.map(addressKey));
  const codesDiffer = !sameSet((before.codeAddresses ?? []).map(addressKey), (after.codeAddresses ?? []).map(addressKey));
  const touchesAddresses = identifiersDiffer || verifiableDiffer || recoveryDiffer || codesDiffer;
  return {
    ok: true,
    touchesAddresses,
    unchanged: !touchesAddresses && sameJson(identity.traits, checked.traits),
    change: {
      version: identity.version,
      traits: checked.traits,
      ...(verifiableDiffer ? { verifiable: after.verifiable } : {}),
      ...(recoveryDiffer ? { recovery: after.recovery } : {}),
    },
    identifiers: identifiersDiffer ? after.identifiers : null,
    facts: after,
  };
}

function addressKey(address: { readonly value: string; readonly via: string }): string {
  return `${address.via}:${address.value}`;
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  const [a, b] = [new Set(left), new Set(right)];
  return a.size === b.size && [...a].every((item) => b.has(item));
}

/** Equal as JSON, whatever the order of keys. */
function sameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}
