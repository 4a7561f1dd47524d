import { randomUUID } from "node:crypto";
import type { AddressChannel } from "../model/identity";
import type { AddressId, FlowId, IdentityId, OneTimeCodeId, ProjectId } from "../model/ids";
import type { Queries, Statement } from "./connection";
import type { OneTimeCode as CodeRow } from "./generated/client";
import type { CodePurpose, OneTimeCode, ProjectDb, ProjectReads } from "./handles";

/**
 * $1 id, $2 project, $3 flow, $4 purpose, $5 identity, $6 address, $7 via, $8 value, $9 mac, $10 made, $11 end. A flow holds one code.
 * The newer takes the place of the older under an id of its own, so the older cannot be used any more; one statement, so that two
 * resends at once leave one. A flow of another project is left alone.
 */
const PUT: Statement = {
  name: "rung_put_code",
  text: `INSERT INTO one_time_code (id, project_id, flow_id, purpose, identity_id, address_id, via, value, mac, created_at, expires_at)
  VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5::uuid, $6::uuid, $7, $8, $9, $10::timestamptz, $11::timestamptz)
  ON CONFLICT (flow_id) DO UPDATE SET id = excluded.id, purpose = excluded.purpose, identity_id = excluded.identity_id,
    address_id = excluded.address_id, via = excluded.via, value = excluded.value, mac = excluded.mac, created_at = excluded.created_at,
    expires_at = excluded.expires_at, used_at = NULL
  WHERE one_time_code.project_id = excluded.project_id
  RETURNING id`,
};

function toCode(row: CodeRow): OneTimeCode {
  return {
    id: row.id as OneTimeCodeId, flowId: row.flowId as FlowId, purpose: row.purpose as CodePurpose, identityId: row.identityId as IdentityId | null,
    addressId: row.addressId as AddressId | null, via: row.via as AddressChannel, value: row.value, mac: row.mac,
    createdAt: row.createdAt, expiresAt: row.expiresAt,
  };
}

export function codeReads(queries: Queries, projectId: ProjectId): Pick<ProjectReads, "findLiveCode"> {
  return {
    async findLiveCode(flowId, now) {
      const row = await queries.prisma.oneTimeCode.findFirst({ where: { flowId, projectId, usedAt: null, expiresAt: { gt: now } } });
      return row === null ? null : toCode(row);
    },
  };
}

type Writes = Pick<ProjectDb, "putOneTimeCode" | "markVerified" | "markVerificationSent">;

export function codeWrites(queries: Queries, projectId: ProjectId): Writes {
  const { verifiableAddress } = queries.prisma;
  return {
    async putOneTimeCode(code) {
      const id = randomUUID();
      const stored = await queries.rows(PUT, [
        id, projectId, code.flowId, code.purpose, code.identityId, code.addressId, code.via, code.value, code.mac,
        code.createdAt.toISOString(), code.expiresAt.toISOString(),
      ]);
      if (stored.length !== 1) throw new Error("a code was put into a flow of another project");
      return id as string as OneTimeCodeId;
    },
    async markVerified(identityId, addressId, value, at) {
      const { count } = await verifiableAddress.updateMany({
        where: { id: addressId, identityId, projectId, value }, data: { verified: true, status: "completed", verifiedAt: at, updatedAt: at },
      });
      return count === 1;
    },
    async markVerificationSent(addressId, at) {
      await verifiableAddress.updateMany({ where: { id: addressId, projectId, status: "pending", verified: false }, data: { status: "sent", updatedAt: at } });
    },
  };
}
