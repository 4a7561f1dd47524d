import type { IdentityId } from "./ids";
import type { JsonObject, JsonValue } from "./identity";

/**
 * Who an identity provider says is there, after every check of its answer. A user is (provider, subject), never an e-mail address
 * (ASVS 6.8.1). Travels sealed: in a handover, in a flow's memory, in a link that waits.
 */
export interface UpstreamPerson {
  /** Id of the provider in the project's configuration. */
  readonly provider: string;
  /** `iss` of the answer; OAuth providers without one: their own address. */
  readonly issuer: string;
  readonly subject: string;
  /** What may fill traits: claims of the id token and of userinfo, of one subject. */
  readonly claims: JsonObject;
  /** Normalised nowhere. `verified` only where the provider vouches for the very address. */
  readonly email: { readonly value: string; readonly verified: boolean } | null;
  readonly acr: string | null;
  readonly amr: readonly string[];
  /** Seconds since 1970 at which the provider last asked the person; null: it did not say. */
  readonly authTime: number | null;
}

/** An upstream account, and the person here whose own proof its link waits for. Sealed in a flow, then with their session. */
export interface PendingLink {
  readonly person: UpstreamPerson;
  readonly identityId: IdentityId;
}

/** What a handover is sealed for: this project, this flow, this provider. Moved anywhere else it does not open. */
export function handoverBinding(projectId: string, flowId: string, provider: string): readonly string[] {
  return ["handover", projectId, flowId, provider];
}

/** What a link is sealed for while its person proves their own factors in this flow. */
export function pendingLinkBinding(projectId: string, flowId: string): readonly string[] {
  return ["pending-link", projectId, flowId];
}

/** Identifier of a linked account: unique in its project (contract 4.3). */
export function upstreamIdentifier(person: Pick<UpstreamPerson, "provider" | "subject">): string {
  return `${person.provider}:${person.subject}`;
}

/** A claim by its dotted path; the whole path may also be one name (`https://acme.example/role`). Own properties only. */
export function claimAt(claims: JsonObject, path: string): JsonValue | undefined {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: JsonValue | undefined = claims;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return undefined;
    value = (value as JsonObject)[key];
  }
  return value;
}

/** What a linked account stores. Tokens of the provider are not kept: nothing here needs them. */
export function linkDocument(person: UpstreamPerson): JsonObject {
  return { version: 1, provider: person.provider, subject: person.subject, issuer: person.issuer };
}

/** What an ID token says that an app brought, after every check of it. */
export type IdTokenReading =
  | {
      readonly kind: "read";
      readonly person: UpstreamPerson;
      /** When the provider made it: nothing was proved later than that. */
      readonly issuedAt: Date;
      /** Stands for exactly this token, in one project; whoever spends it is its only user. */
      readonly spendHash: string;
      /** From then on it is refused for its age: nobody needs to remember that it was used. */
      readonly refusedFrom: Date;
    }
  /** `reason`: the sentence for the person (`reason.<code>`). `because`: which check, for the audit log alone. */
  | { readonly kind: "refused"; readonly reason: "oidc_bad_answer" | "oidc_start_again" | "oidc_unavailable" | "oidc_misconfigured" | "oidc_no_id_token"; readonly because: string };
