import type { Connection } from "./connection";
import type { JobDb } from "./job-handles";

export function jobs(_connection: Connection): JobDb {
  return {};
}
