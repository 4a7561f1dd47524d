import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import type { JsonObject } from "../model/identity";
import document from "./identity-config.schema.json";
import { tell } from "./sentences";
import type { ConfigProblem, SchemaNode } from "./sentences";

export type { ConfigProblem, SchemaNode } from "./sentences";

/** The JSON Schema of an identity-config (draft-07), as data. */
export const CONFIG_SCHEMA: SchemaNode = document;

const MAX_PROBLEMS = 20;

const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true });
addFormats(ajv, ["date-time", "uri", "uri-reference"]);
ajv.addKeyword({ keyword: "rungSays", schemaType: "string" });
ajv.addKeyword({ keyword: "rungKept", schemaType: "boolean" });
const validate = ajv.compile(document);

/** Checks the shape of a document: known keys, types, values. Answers every problem found (20 at most); empty when sound. */
export function validateDocument(candidate: unknown): readonly ConfigProblem[] {
  if (validate(candidate)) return [];
  const problems = new Map<string, ConfigProblem>();
  for (const error of validate.errors ?? []) {
    const problem = tell(error);
    if (!problems.has(problem.path)) problems.set(problem.path, problem);
  }
  return [...problems.values()].slice(0, MAX_PROBLEMS);
}

/** Keys that Ory knows and Rung stores without acting on them, as dotted paths. A parent stands for everything below it. */
export const KEPT_WITHOUT_EFFECT: readonly string[] = collectKept(CONFIG_SCHEMA, []);

/** The schema of the key at `segments`, or null when no such key exists. */
export function schemaAt(segments: readonly string[]): SchemaNode | null {
  let node: SchemaNode | undefined = CONFIG_SCHEMA;
  for (const segment of segments) {
    if (node === undefined) return null;
    if (node.rungKept === true && node.properties === undefined) return node;
    node = resolve(childOf(node, segment));
  }
  return resolve(node) ?? null;
}

/** True for a plain JSON object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema of `segment` below `node`. */
export function childOf(node: SchemaNode, segment: string): SchemaNode | undefined {
  if (node.properties !== undefined && Object.hasOwn(node.properties, segment)) return node.properties[segment];
  if (node.items !== undefined) return /^(0|[1-9][0-9]*|-)$/.test(segment) ? node.items : undefined;
  return typeof node.additionalProperties === "object" ? node.additionalProperties : undefined;
}

/** The node that a reference stands for. */
export function resolve(node: SchemaNode | undefined): SchemaNode | undefined {
  if (node?.$ref === undefined) return node;
  return CONFIG_SCHEMA.definitions?.[node.$ref.replace("#/definitions/", "")];
}

function collectKept(found: SchemaNode, path: readonly string[]): readonly string[] {
  const node = resolve(found) ?? found;
  if (node.rungKept === true) return [path.join(".")];
  const below = Object.entries(node.properties ?? {}).flatMap(([key, child]) => collectKept(child, [...path, key]));
  const inItems = node.items === undefined ? [] : collectKept(node.items, [...path, "*"]);
  const inValues = typeof node.additionalProperties === "object" ? collectKept(node.additionalProperties, [...path, "*"]) : [];
  return [...below, ...inItems, ...inValues];
}
