import { DomainError } from "../model/errors";
import type { Services } from "../services";

const REGISTRY = Symbol.for("rung.services");

/**
 * The services that server.ts or instrumentation.ts booted. The edge never boots them itself, so importing a route neither
 * opens the database nor drags the composition root into its bundle. Throws `unavailable` while nothing has booted.
 */
export async function runningServices(): Promise<Services> {
  const services = await peekServices();
  if (services === null) throw new DomainError("unavailable", { retryAfterSeconds: 2 });
  return services;
}

/** The same, or null while nothing has booted or booting failed. */
export async function peekServices(): Promise<Services | null> {
  const registry = globalThis as { readonly [REGISTRY]?: Promise<Services> | Services };
  try {
    return (await registry[REGISTRY]) ?? null;
  } catch {
    return null;
  }
}
