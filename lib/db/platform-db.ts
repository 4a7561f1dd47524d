import { adminReads, adminWrites } from "./admins";
import { adoptionReads } from "./adoption";
import { apiKeys } from "./api-keys";
import { cleanup } from "./cleanup";
import { type Connection, guarded } from "./connection";
import { policyDb } from "./drafts";
import type { PlatformDb } from "./handles";
import { jobs } from "./jobs";
import { outboxClaims } from "./outbox";
import { projectReads, projectWrites } from "./projects";
import { revisionReads, revisionWrites } from "./revisions";
import { sealedValues } from "./sealed-values";
import { tenancy } from "./tenancy";

/** The half that is bound to no project, for lib/platform alone. */
export function platformDb(connection: Connection): PlatformDb {
  const { reads, writes } = connection;
  return {
    ...guarded({ ...projectReads(reads), ...revisionReads(reads), ...adminReads(reads), ...adoptionReads(reads) }, reads.around),
    ...guarded({ ...cleanup(connection), ...apiKeys(writes), ...outboxClaims(connection) }, writes.around),
    ...projectWrites(connection),
    ...revisionWrites(connection),
    ...adminWrites(connection),
    // These choose reads, writes and transactions by themselves.
    ...tenancy(connection),
    ...jobs(connection),
    ...policyDb(connection),
    ...sealedValues(connection),
  };
}
