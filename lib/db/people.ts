import type { ProjectId } from "../model/ids";
import type { Queries } from "./connection";
import type { PeopleReads, PeopleWrites } from "./people-handles";

export function peopleReads(_queries: Queries, _projectId: ProjectId): PeopleReads {
  return {};
}

export function peopleWrites(_queries: Queries, _projectId: ProjectId): PeopleWrites {
  return {};
}
