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

/** $1 flow, $2 project, $3 key, $4 challenge, $5 instant. Of two answers to one challenge the second finds it gone. */
const END_CEREMONY: Statement = {
  name: "rung_end_ceremony",
  text: `UPDATE flow SET internal = internal - $3::text, updated_at = $5::timestamptz
  WHERE id = $1::uuid AND project_id = $2::uuid AND completed_at IS NULL AND internal->$3::text->>'challenge' = $4::text
  RETURNING id`,
};

/** $1 credential, $2 project, $3 the version that was read, $4 document, $5 instant. */
const REPLACE_DOCUMENT: Statement = {
  name: "rung_replace_document",
  text: `UPDATE credential SET config = $4::text::jsonb, last_used_at = $5::timestamptz, updated_at = $5::timestamptz
  WHERE id = $1::uuid AND project_id = $2::uuid AND config->'version' = to_jsonb($3::int)
  RETURNING id`,
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
    async consumeOneTimeCode(id, at) {
      const { count } = await queries.prisma.oneTimeCode.updateMany({ where: { id, projectId, usedAt: null, expiresAt: { gt: at } }, data: { usedAt: at } });
      return count === 1;
    },
    async consumeHandover(id, at) {
      const { count } = await queries.prisma.handover.updateMany({ where: { id, projectId, consumedAt: null, expiresAt: { gt: at } }, data: { consumedAt: at } });
      return count === 1;
    },
    async consumeTokenExchange(id, at) {
      const { count } = await queries.prisma.tokenExchange.updateMany({
        where: { id, projectId, consumedAt: null, sessionId: { not: null }, expiresAt: { gt: at } }, data: { consumedAt: at },
      });
      return count === 1;
    },
    async consumeChallenge(flowId, key, challenge, at) {
      return (await queries.rows(END_CEREMONY, [flowId, projectId, key, challenge, at.toISOString()])).length === 1;
    },
    async replaceDocument(id, version, document, at) {
      return (await queries.rows(REPLACE_DOCUMENT, [id, projectId, version, JSON.stringify(document), at.toISOString()])).length === 1;
    },
  };
}
