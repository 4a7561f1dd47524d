import type { Identity } from "../model/identity";
import type { Project } from "../model/project";
import { compileIdentitySchema } from "./identity-schema";
import type { IdentitySchema } from "./identity-schema";

/** What a person would type to say who they are: their first identifier, else an address, else their id. */
export function accountName(project: Project, identity: Identity): string {
  const facts = schemaOf(project, identity.schemaId)?.facts(identity.traits);
  return facts?.identifiers[0] ?? facts?.verifiable[0]?.value ?? facts?.recovery[0]?.value ?? identity.id;
}

/** Every name by which the person may sign in, as their traits have it now. */
export function accountNames(project: Project, identity: Identity): readonly string[] {
  const facts = schemaOf(project, identity.schemaId)?.facts(identity.traits);
  return facts === undefined ? [] : [...facts.identifiers, ...facts.verifiable.map(({ value }) => value), ...facts.recovery.map(({ value }) => value)];
}

/** Title of the trait that people sign in with, and the form fields that could name a new person, the likeliest first. */
export function nameFields(project: Project): { readonly title: string | null; readonly fields: readonly string[] } {
  const schema = schemaOf(project, project.config.defaultSchemaId);
  if (schema === null) return { title: null, fields: [] };
  const emails = schema.traitNodes("registration", {}).flatMap(({ attributes }) =>
    attributes.node_type === "input" && attributes.type === "email" ? [attributes.name] : []);
  const likely = [...(schema.identifierName === null ? [] : [schema.identifierName]), ...emails];
  return { title: schema.identifierTitle, fields: [...new Set(likely.length > 0 ? likely : schema.traitOrder)] };
}

function schemaOf({ config }: Project, id: string): IdentitySchema | null {
  const found = config.schemas.find((schema) => schema.id === id);
  return found === undefined ? null : compileIdentitySchema(found.schema);
}
