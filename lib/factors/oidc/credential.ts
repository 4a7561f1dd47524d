import { hashToken } from "../../crypto/token";
import type { NewCredential } from "../../db/handles";
import type { Credential, DocumentCredential } from "../../model/credential";
import type { CredentialId } from "../../model/ids";
import type { MethodConfig, OidcProviderConfig } from "../../model/project";
import { linkDocument, upstreamIdentifier } from "../../model/upstream";
import type { UpstreamPerson } from "../../model/upstream";

/** One account elsewhere that signs its person in here. */
export interface LinkedAccount {
  readonly id: CredentialId;
  readonly provider: OidcProviderConfig;
  readonly subject: string;
  /** The issuer it was linked at; null where an import did not say. */
  readonly issuer: string | null;
}

/** Linked accounts whose provider the project still has, and whose identifier is there (contract 4.3). */
export function linkedAccounts(credentials: readonly Credential[], config: MethodConfig): readonly LinkedAccount[] {
  return credentials.flatMap((credential) => (credential.type === "oidc" ? accountOf(credential, config) : []));
}

function accountOf(credential: DocumentCredential, config: MethodConfig): readonly LinkedAccount[] {
  const { provider, subject, issuer } = credential.document;
  if (typeof provider !== "string" || typeof subject !== "string") return [];
  if (!credential.identifiers.includes(upstreamIdentifier({ provider, subject }))) return [];
  const known = config.oidc.providers.find(({ id }) => id === provider);
  return known === undefined ? [] : [{ id: credential.id, provider: known, subject, issuer: typeof issuer === "string" ? issuer : null }];
}

/** The row that links this upstream account. Differs from Kratos: tokens of the provider are not kept. */
export function newLink(person: UpstreamPerson, enrolledAal: "aal1" | "aal2" | null, at: Date): NewCredential {
  const identifier = upstreamIdentifier(person);
  return {
    type: "oidc", slot: hashToken(identifier), identifiers: [identifier], enrolledAal, at,
    document: linkDocument(person),
  };
}
