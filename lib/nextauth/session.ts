import "server-only";
import type { Session } from "next-auth";
import { cookies, headers } from "next/headers";
import { DomainError } from "../model/errors";
import type { Services } from "../services";
import type { BridgeContext } from "./adapter";
import { bridgeSession } from "./run";

const REGISTRY = Symbol.for("rung.services");

/**
 * The signed-in person for server components of a next-auth application: level, methods, and whether the project's sign-in policy
 * is met. Null when nobody is signed in; while the policy is not met, `satisfied` is false and there is no person.
 */
export async function rungSession(): Promise<Session | null> {
  const services = await (globalThis as { readonly [REGISTRY]?: Promise<Services> })[REGISTRY];
  const project = await services?.resolver.byHost((await headers()).get("host") ?? "");
  if (!services || !project) throw new DomainError("unavailable", { retryAfterSeconds: 2 });
  const current = await services.resolver.current(project);
  const context: BridgeContext = {
    services, project: current, handle: services.db.forProject(current.row.id), now: services.clock.now(), ipAddress: null, failure: null,
  };
  return bridgeSession(Object.fromEntries((await cookies()).getAll().map(({ name, value }) => [name, value])), context);
}
