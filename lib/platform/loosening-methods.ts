import { firstFactors, secondFactors } from "../config/methods";
import type { FactorId } from "../model/assurance";
import type { LooseningKind } from "../model/loosening";
import type { MethodConfig, OidcProviderConfig, ProjectConfig } from "../model/project";
import { waysIn } from "../wire/identity-schema";
import { added, when } from "./loosening-policy";
import type { Check } from "./loosening-policy";

/** First factors that somebody else can be talked out of, or that somebody else vouches for; each of these is one more door. */
const PHISHABLE: readonly FactorId[] = ["password", "code", "oidc"];
const VERIFICATION: Readonly<Record<MethodConfig["passkey"]["userVerification"], number>> = { discouraged: 0, preferred: 1, required: 2 };
const PKCE: Readonly<Record<OidcProviderConfig["pkce"], number>> = { never: 0, auto: 1, force: 2 };

/** What proves who somebody is. */
export const METHOD_CHECKS = {
  second_factor: ({ methods: was }, { methods: will }) => added(secondFactors(will), secondFactors(was)),
  weak_second_factor: ({ methods: was }, { methods: will }) => added(secondFactors(was), secondFactors(will)).filter((method) => method === "code"),
  first_factor_on: ({ methods: was }, { methods: will }) => added(firstFactors(was), firstFactors(will)).filter((method) => PHISHABLE.some((one) => one === method)),
  // Keys that become a second factor again are no loss.
  first_factor_off: ({ methods: was }, { methods: will }) => added([...firstFactors(will), ...secondFactors(will)], firstFactors(was))
    .filter((method) => !PHISHABLE.some((one) => one === method)),
  passkey_counts: ({ methods: was }, { methods: will }) => when(!was.passkey.aal2OnUserVerification && will.passkey.aal2OnUserVerification),
  user_verification: ({ methods: was }, { methods: will }) => when(VERIFICATION[will.passkey.userVerification] < VERIFICATION[was.passkey.userVerification]),
  passkey_place: ({ methods: was }, { methods: will }) => (["webauthn", "passkey"] as const).flatMap((method) => [
    ...added(was[method].rp.origins, will[method].rp.origins),
    // A key of a domain works for every name below it.
    ...when(was[method].rp.id.endsWith(`.${will[method].rp.id}`), will[method].rp.id),
  ]),
  password_rules: ({ methods: { password: was } }, { methods: { password: will } }) => when(
    will.minLength < was.minLength || (was.blocklist && !will.blocklist) || (was.identifierSimilarityCheck && !will.identifierSimilarityCheck)),
  older_system: ({ methods: { password: was } }, { methods: { password: will } }) => when(will.migrateHook !== null && will.migrateHook.url !== was.migrateHook?.url),
  revealable_codes: ({ methods: was }, { methods: will }) => when(was.lookup_secret.storage === "hashed" && will.lookup_secret.storage === "revealable"),
  code_rules: ({ methods: { code: was } }, { methods: { code: will } }) => when(will.lifespanMs > was.lifespanMs || will.maxSubmissions > was.maxSubmissions),
  code_fallback: ({ methods: was }, { methods: will }) => when(!was.code.missingCredentialFallback && will.code.missingCredentialFallback),
  admin_links: ({ methods: { link: was } }, { methods: { link: will } }) => when(will.enabled && (!was.enabled || will.lifespanMs > was.lifespanMs)),
  provider: (before, after) => providersOf(after).filter((will) => vouchesForMore(providersOf(before).find(({ id }) => id === will.id), will)).map(({ id }) => id),
  upstream: (before, after) => providersOf(after).filter((will) => {
    const was = providersOf(before).find(({ id }) => id === will.id);
    return added(was?.aal2AcrValues ?? [], will.aal2AcrValues).length + added(was?.aal2AmrValues ?? [], will.aal2AmrValues).length > 0;
  }).map(({ id }) => id),
  schema: (before, after) => [
    ...after.schemas.filter(({ id, selectable }) => {
      const was = before.schemas.find((schema) => schema.id === id);
      return looserSchema(was, after.schemas.find((schema) => schema.id === id)) || (selectable === true && was?.selectable !== true && id !== before.defaultSchemaId);
    }).map(({ id }) => id),
    ...when(looserSchema(defaultSchema(before), defaultSchema(after)), after.defaultSchemaId),
  ],
} as const satisfies Partial<Record<LooseningKind, Check>>;

type Schema = ProjectConfig["schemas"][number] | undefined;

function defaultSchema({ schemas, defaultSchemaId }: ProjectConfig): Schema {
  return schemas.find(({ id }) => id === defaultSchemaId);
}

/** A trait signs in, recovers or gets codes that did not before, or is not verified any more. */
function looserSchema(was: Schema, will: Schema): boolean {
  if (was === undefined || will === undefined || was.schema === will.schema) return false;
  const [old, now] = [waysIn(was.schema), waysIn(will.schema)];
  return added(old.opens, now.opens).length > 0 || added(now.verified, old.verified).length > 0;
}

function providersOf({ methods: { oidc } }: ProjectConfig): readonly OidcProviderConfig[] {
  return oidc.enabled ? oidc.providers : [];
}

/** It is new, it is somebody else, or what it says is read in another way. */
function vouchesForMore(was: OidcProviderConfig | undefined, will: OidcProviderConfig): boolean {
  if (was === undefined || PKCE[will.pkce] < PKCE[was.pkce]) return true;
  const who = ({ kind, issuerUrl, clientId, claims }: OidcProviderConfig): string => JSON.stringify([kind, issuerUrl, clientId, Object.entries(claims).sort()]);
  return who(was) !== who(will) || added(was.additionalAudiences, will.additionalAudiences).length > 0;
}
