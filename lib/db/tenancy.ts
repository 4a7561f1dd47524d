import type { Connection } from "./connection";
import type { TenancyDb } from "./tenancy-handles";

export function tenancy(_connection: Connection): TenancyDb {
  return {};
}
