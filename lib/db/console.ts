import type { ProjectId } from "../model/ids";
import type { Queries } from "./connection";
import { auditSearch } from "./console-audit";
import type { ConsoleReads } from "./console-handles";
import { messageRows } from "./console-messages";
import { peopleLists } from "./console-people";
import { sessionLists } from "./console-sessions";

/** What the console's pages read of one project. */
export function consoleReads(queries: Queries, projectId: ProjectId): ConsoleReads {
  return {
    ...peopleLists(queries, projectId), ...sessionLists(queries, projectId), ...auditSearch(queries, projectId), ...messageRows(queries, projectId),
  };
}
