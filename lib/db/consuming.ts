import type { ProjectId } from "../model/ids";
import type { Queries, Statement } from "./connection";
import type { Consuming } from "./handles";

/*
 * Single-use things. Each is one UPDATE whose condition is on the very row it changes: of two racers PostgreSQL makes the
 * second wait and look again, and it finds nothing left to change. A condition in a sub-select would not be looked at again.
 */

/** $1 code, $2 project, $3 instant. Also notes the use on the set. */
const USE_LOOKUP_CODE: Statement = {
  name: "rung_use_lookup_code",
  text: `WITH used AS (
    UPDATE lookup_code l SET used_at = $3::timestamptz
    FROM credential o
    WHERE l.id = $1::uuid AND l.used_at IS NULL AND o.id = l.credential_id AND o.project_id = $2::uuid
    RETURNING l.credential_id)
  UPDATE credential c SET last_used_at = $3::timestamptz FROM used WHERE c.id = used.credential_id RETURNING c.id`,
};

/** $1 flow, $2 identity, $3 project, $4 instant. */
const TAKE_PARKED: Statement = {
  name: "rung_take_parked",
  text: `UPDATE parked_change SET consumed_at = $4::timestamptz
  WHERE flow_id = $1::uuid AND identity_id = $2::uuid AND project_id = $3::uuid AND consumed_at IS NULL AND expires_at > $4::timestamptz
  RETURNING sealed`,
};

export function consuming(queries: Queries, projectId: ProjectId): Consuming {
  return {
    async consumeTotpStep(id, step, at) {
      const { count } = await queries.prisma.credential.updateMany({
        where: { id, projectId, type: "totp", lastStep: { lt: BigInt(step) } },
        data: { lastStep: BigInt(step), lastUsedAt: at },
      });
      return count === 1;
    },
    async consumeLookupCode(id, at) {
      return (await queries.rows(USE_LOOKUP_CODE, [id, projectId, at.toISOString()])).length === 1;
    },
    async completeFlow(id, state, at) {
      const { count } = await queries.prisma.flow.updateMany({
        where: { id, projectId, completedAt: null },
        data: { completedAt: at, state, updatedAt: at },
      });
      return count === 1;
    },
    async consumeParkedChange(flowId, identityId, at) {
      const [row] = await queries.rows<{ readonly sealed: string }>(TAKE_PARKED, [flowId, identityId, projectId, at.toISOString()]);
      return row?.sealed ?? null;
    },
  };
}
