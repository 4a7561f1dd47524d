import { isInstant } from "../model/time";
import type { PageKey } from "./console-handles";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LAST_UUID = "ffffffff-ffff-ffff-ffff-ffffffffffff";
/** Before everything that is listed newest first. */
const BEGINNING: PageKey = ["infinity", LAST_UUID];

/** An instant and an id to go on after; the beginning for whatever somebody else wrote into an address bar. */
export function timeKey(after: PageKey | null): PageKey {
  if (after === null) return BEGINNING;
  const at = new Date(after[0]);
  return !isInstant(at) || !UUID.test(after[1]) ? BEGINNING : [at.toISOString(), after[1]];
}
