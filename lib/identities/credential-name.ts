import type { Credential } from "../model/credential";
import type { Project } from "../model/project";

/** The name of a key, the provider of a linked account, what somebody types to sign in; null where there is nothing to tell apart. */
export function nameOf(credential: Credential, project: Project): string | null {
  if (credential.type === "totp" || credential.type === "lookup_secret") return null;
  if (credential.type === "password") return credential.identifiers.length === 0 ? null : credential.identifiers.join(", ");
  const { name, provider } = credential.document;
  if (credential.type === "oidc") {
    return typeof provider !== "string" ? null : project.config.methods.oidc.providers.find((one) => one.id === provider)?.label ?? provider;
  }
  if (typeof name === "string" && name !== "") return name;
  return credential.type === "code" && credential.identifiers.length > 0 ? credential.identifiers.join(", ") : null;
}

/** The same for letters and the audit log: no name that is an address. */
export function labelOf(credential: Credential, project: Project): string | null {
  return credential.type === "password" || credential.type === "code" ? null : nameOf(credential, project);
}
