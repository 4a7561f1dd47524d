import type { Connection } from "./connection";
import type { PolicyDb } from "./policy-handles";

export function policyDb(_connection: Connection): PolicyDb {
  return {};
}
