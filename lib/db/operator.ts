import type { ProjectId } from "../model/ids";
import type { Queries } from "./connection";
import type { OperatorReads, OperatorWrites } from "./operator-handles";

export function operatorReads(_queries: Queries, _projectId: ProjectId): OperatorReads {
  return {};
}

export function operatorWrites(_queries: Queries, _projectId: ProjectId): OperatorWrites {
  return {};
}
