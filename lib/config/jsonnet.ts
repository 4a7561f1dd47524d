import { createRequire } from "node:module";

/** The optional addon that evaluates Jsonnet; it compiles native code, so an installation asks for it by name (docs/actions.md). */
export const JSONNET_ADDON = "@hanazuki/node-jsonnet";

let installed: boolean | null = null;

/** Whether the addon is there, found out once per process without loading it. */
export function jsonnetInstalled(): boolean {
  installed ??= canResolve(JSONNET_ADDON);
  return installed;
}

function canResolve(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
