import "server-only";
import { redirect } from "next/navigation";
import type { AdminRole } from "../../model/console";
import { DomainError } from "../../model/errors";
import { roleOf } from "../../platform/admins";
import { acceptSetupInput, setupLinkState } from "../console";
import type { Admin, SetupAnswer, SetupInput, SetupLinkState } from "../console";
import type { Exchange } from "../exchange";
import { consoleElsewhere } from "../page-request";
import { requireAssurance } from "./guard";
import type { RefusedAssurance } from "./guard";
import { openPage } from "./page";

export type { SetupAnswer, SetupInput, SetupLinkState } from "../console";

/** Project `console` names it; where it does not, an unnamed operation is guarded as a change of factors is. */
const OPERATION = "console.admin";

export type ConsoleAdmin =
  | { readonly kind: "allow"; readonly admin: Admin; readonly role: AdminRole }
  | { readonly kind: "not_admin" }
  | RefusedAssurance;

/**
 * The guard of the console: its own host, a person of the console project, a second step at most ten minutes old, and a role.
 * On any other host the visitor is sent to the console's.
 */
export async function requireConsoleAdmin(): Promise<ConsoleAdmin> {
  const exchange = await consolePage();
  const assurance = await requireAssurance({ operation: OPERATION });
  if (assurance.kind !== "allow") return assurance;
  const role = await roleOf(exchange.services.db.platform, assurance.identity.id);
  return role === null ? { kind: "not_admin" } : { kind: "allow", admin: { session: assurance.session, identity: assurance.identity }, role };
}

export async function setupLink(token: string): Promise<SetupLinkState> {
  return setupLinkState(await consolePage(), token);
}

/** Callers run checkAction first. */
export async function acceptSetup(input: SetupInput): Promise<SetupAnswer> {
  return acceptSetupInput(await consolePage(), input);
}

/** Every door asks by itself: a page that forgot to ask has nothing to read with. */
export async function admitted(): Promise<{ readonly exchange: Exchange; readonly admin: Admin }> {
  const answer = await requireConsoleAdmin();
  if (answer.kind !== "allow") throw new DomainError("forbidden", { reason: "This needs an administrator of this installation." });
  return { exchange: await consolePage(), admin: answer.admin };
}

async function consolePage(): Promise<Exchange> {
  const exchange = await openPage();
  if (exchange === null) throw new DomainError("unavailable", { retryAfterSeconds: 2 });
  const elsewhere = consoleElsewhere(`${exchange.url.pathname}${exchange.url.search}`, exchange.project, exchange.services.env.consoleUrl);
  if (elsewhere !== null) redirect(elsewhere);
  if (exchange.project.row.kind !== "console") redirect(new URL("/console", exchange.services.env.consoleUrl).href);
  return exchange;
}
