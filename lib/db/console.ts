import type { ProjectId } from "../model/ids";
import type { Queries } from "./connection";
import type { ConsoleReads } from "./console-handles";

export function consoleReads(_queries: Queries, _projectId: ProjectId): ConsoleReads {
  return {};
}
