import { CONFIG_SCHEMA, resolve } from "./schema";
import type { SchemaNode } from "./schema";

/** Every key of the schema that has an effect, dotted; `*` is an entry of a list or of a map with names of its own. */
export function honouredKeys(): readonly string[] {
  return leaves(CONFIG_SCHEMA, "");
}

function leaves(node: SchemaNode, path: string): readonly string[] {
  if (node.rungKept === true) return [];
  const real = resolve(node) ?? node;
  const below = Object.entries(real.properties ?? {}).flatMap(([key, child]) => leaves(child, path === "" ? key : `${path}.${key}`));
  const items = real.items?.properties === undefined ? [] : leaves(real.items, `${path}.*`);
  const values = typeof real.additionalProperties === "object" ? leaves(real.additionalProperties, `${path}.*`) : [];
  const all = [...below, ...items, ...values];
  return all.length > 0 ? all : [path];
}
