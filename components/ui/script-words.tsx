"use client";

import { useHydrated } from "./use-hydrated";

/** One sentence where script helps, another where it is absent: neither promises what does not happen. */
export function ScriptWords({ withScript, without }: { readonly withScript: string; readonly without: string }) {
  return useHydrated() ? withScript : without;
}
