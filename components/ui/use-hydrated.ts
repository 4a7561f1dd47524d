"use client";

import { useSyncExternalStore } from "react";

const never = (): (() => void) => () => undefined;

/** False on the server and without script; true once this component can listen. Shows what only script can do. */
export function useHydrated(): boolean {
  return useSyncExternalStore(never, () => true, () => false);
}
