import type { JsonObject, JsonValue } from "../lib/model/identity";
import { listOf, member, textOf } from "./api";
import type { Cell } from "./format";
import { isMap } from "./jsonpath";

/** The columns of the official tool (contract/admin.md 3.4), so that scripts that cut them keep working. */
export const WORKSPACE_COLUMNS = ["ID", "NAME", "SUBSCRIPTION PLAN"] as const;
export const PROJECT_COLUMNS = ["ID", "NAME", "ENVIRONMENT", "WORKSPACE", "SLUG", "STATE"] as const;
export const IDENTITY_COLUMNS = ["ID", "EXTERNAL ID", "VERIFIED ADDRESSES", "RECOVERY ADDRESSES", "SCHEMA ID", "SCHEMA URL"] as const;

export function workspaceCells(workspace: JsonValue): readonly Cell[] {
  return [textOf(workspace, "id"), textOf(workspace, "name"), textOf(workspace, "subscription_plan")];
}

export function projectCells(project: JsonValue): readonly Cell[] {
  const workspace = textOf(member(project, "workspace"), "name") ?? textOf(project, "workspace_id");
  return [textOf(project, "id"), textOf(project, "name"), textOf(project, "environment"), workspace, textOf(project, "slug"), textOf(project, "state")];
}

export function identityCells(identity: JsonValue): readonly Cell[] {
  const values = (name: string, only: (address: JsonValue) => boolean): string | null => {
    const found = listOf(member(identity, name)).filter(only).map((address) => textOf(address, "value")).filter((value) => value !== null);
    return found.length === 0 ? null : found.join(", ");
  };
  return [
    textOf(identity, "id"), textOf(identity, "external_id"), values("verifiable_addresses", (address) => member(address, "verified") === true),
    values("recovery_addresses", () => true), textOf(identity, "schema_id"), textOf(identity, "schema_url"),
  ];
}

/** A row for people, from a header and its cells. */
export function named(header: readonly string[], cells: readonly Cell[]): readonly (readonly [string, Cell])[] {
  return header.map((name, index) => [name, cells[index] ?? null]);
}

export function asObject(value: JsonValue | undefined): JsonObject {
  return isMap(value) ? value : {};
}
