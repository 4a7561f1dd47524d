import { DomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import { maskAddress } from "../platform/audit";
import { jsonAnswer } from "./answer";
import type { ConsoleEndpoint } from "./api-key";
import { projectFor } from "./console-api";

/*
 * What Ory has and this server does not: lists are empty, writes say `feature_not_available` (docs/wire.md). A key that may not see
 * the project learns nothing, as everywhere.
 */

const MAX_ADMINS = 1_000;

/** A list that is always empty. */
export function emptyList(body: JsonObject): ConsoleEndpoint {
  return async (exchange, caller, _request, params) => {
    await projectFor(exchange, caller, params["project"], "change");
    return jsonAnswer(exchange, 200, body);
  };
}

/** One of a list that is always empty. */
export const nothingThere: ConsoleEndpoint = async (exchange, caller, _request, params) => {
  await projectFor(exchange, caller, params["project"], "change");
  throw new DomainError("not_found");
};

/** A write that this server does not have; `reason` says what to do instead. */
export function notAvailable(reason: string): ConsoleEndpoint {
  return async (exchange, caller, _request, params) => {
    await projectFor(exchange, caller, params["project"], "change");
    throw new DomainError("feature_not_available", { reason });
  };
}

/**
 * `GET /projects/{project}/members`: the admins of the installation, who administer every project. Their addresses are masked: a
 * key of a workspace opens nobody's data. `viewer`, in the client's words, is our `support`.
 */
export const members: ConsoleEndpoint = async (exchange, caller, _request, params) => {
  await projectFor(exchange, caller, params["project"], "change");
  const admins = await exchange.services.db.platform.listAdmins(MAX_ADMINS);
  return jsonAnswer(exchange, 200, admins.map(({ identityId, role, address }) => {
    const shown = maskAddress(address ?? "");
    return { id: identityId, name: shown, email: shown, email_verified: false, role: role === "owner" ? "owner" : "viewer" };
  }));
};

export const NO_ORGANIZATIONS = "This server has no organizations.";
export const NO_EVENT_STREAMS = "This server has no event streams; use web hooks, or the audit log.";
export const NO_MEMBERS = "Admins belong to the installation, not to a project. Change them in the console or with the command line.";
