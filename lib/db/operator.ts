import type { ProjectId } from "../model/ids";
import type { Queries } from "./connection";
import type { OperatorReads, OperatorWrites } from "./operator-handles";
import { letterReads } from "./operator-letters";
import { operatorSessionReads, operatorSessionWrites } from "./operator-sessions";

export function operatorReads(queries: Queries, projectId: ProjectId): OperatorReads {
  return { ...operatorSessionReads(queries, projectId), ...letterReads(queries, projectId) };
}

export function operatorWrites(queries: Queries, projectId: ProjectId): OperatorWrites {
  return operatorSessionWrites(queries, projectId);
}
