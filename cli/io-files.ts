import { stat } from "node:fs/promises";

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}

/** 2026-11-22T08-00-00 */
export function stamp(at: Date): string {
  return at.toISOString().slice(0, 19).replaceAll(":", "-");
}
