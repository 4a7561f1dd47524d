import type { ProjectId } from "../model/ids";
import { auditReads, auditWrites } from "./audit";
import { type Connection, guarded, type Queries } from "./connection";
import { consoleReads } from "./console";
import { codeReads, codeWrites } from "./codes";
import { consuming } from "./consuming";
import { credentialReads, credentialWrites } from "./credentials";
import { promptReads, promptWrites } from "./enrolment-prompts";
import { countSubmission, flowReads, flowWrites } from "./flows";
import type { ProjectDb, ProjectHandle, ProjectReads } from "./handles";
import { handoverReads, handoverWrites } from "./handovers";
import { identityReads, identityWrites } from "./identities";
import { limitCounters } from "./limits";
import { operatorReads, operatorWrites } from "./operator";
import { outboxReads, outboxWrites } from "./outbox";
import { peopleReads, peopleWrites } from "./people";
import { findSnapshot, type RunSnapshot, sessionReads, sessionWrites } from "./sessions";
import { signingKeyReads, signingKeyWrites } from "./signing-keys";
import { type PackedSnapshot, unpacked } from "./snapshot";

function reads(queries: Queries, projectId: ProjectId, run: RunSnapshot): ProjectReads {
  return {
    ...identityReads(queries, projectId),
    ...credentialReads(queries, projectId),
    ...sessionReads(queries, projectId),
    ...flowReads(queries, projectId),
    ...codeReads(queries, projectId),
    ...handoverReads(queries, projectId),
    ...outboxReads(queries, projectId),
    ...signingKeyReads(queries, projectId),
    ...promptReads(queries, projectId),
    ...auditReads(queries, projectId),
    ...peopleReads(queries, projectId),
    ...operatorReads(queries, projectId),
    ...consoleReads(queries, projectId),
    findSessionByTokenHash: (tokenHash) => findSnapshot(run, projectId, tokenHash),
  };
}

/** The hot read answers one packed column. */
function unpacking(run: Queries["rows"]): RunSnapshot {
  return async (statement, params) => (await run<{ readonly found: PackedSnapshot }>(statement, params)).map(({ found }) => ({ found: unpacked(found) }));
}

function everything(queries: Queries, projectId: ProjectId): ProjectDb {
  return {
    ...reads(queries, projectId, unpacking(queries.rows)),
    ...consuming(queries, projectId),
    ...identityWrites(queries, projectId),
    ...credentialWrites(queries, projectId),
    ...sessionWrites(queries, projectId),
    ...flowWrites(queries, projectId),
    ...codeWrites(queries, projectId),
    ...handoverWrites(queries, projectId),
    ...outboxWrites(queries, projectId),
    ...signingKeyWrites(queries, projectId),
    ...promptWrites(queries, projectId),
    ...auditWrites(queries, projectId),
    ...peopleWrites(queries, projectId),
    ...operatorWrites(queries, projectId),
  };
}

/** A handle that sees one project and cannot name another. Cheap: make one per request. */
export function projectHandle(connection: Connection, projectId: ProjectId): ProjectHandle {
  const alone = reads(connection.reads, projectId, unpacking(connection.hot));
  return {
    ...guarded(alone, connection.reads.around),
    projectId,
    limits: guarded(limitCounters(connection.writes, projectId), connection.writes.around),
    ...guarded(countSubmission(connection.writes, projectId), connection.writes.around),
    transaction: (run) => connection.transaction((queries) => run(guarded(everything(queries, projectId), queries.around))),
  };
}
