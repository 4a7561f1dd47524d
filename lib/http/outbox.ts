import type { Services } from "../services";
import { rfc3339 } from "../wire/message";
import type { Exchange } from "./exchange";

/** A message as the developer's page shows it: what its receiver reads, the code too. */
export interface OutboxLetter {
  readonly id: string;
  readonly at: string;
  readonly channel: string;
  readonly template: string;
  readonly status: string;
  readonly lastError: string | null;
  readonly letter: { readonly to: string; readonly subject: string | null; readonly text: string; readonly code: string | null } | null;
}

const NEWEST = 50;

/** The newest messages of this host's project; null in production, where nobody reads other people's mail. */
export async function readOutbox({ services, handle, project }: Pick<Exchange, "services" | "handle" | "project">): Promise<readonly OutboxLetter[] | null> {
  if (services.env.mode === "production") return null;
  return (await services.courier.preview(handle, project, NEWEST)).map(({ at, ...letter }) => ({ ...letter, at: rfc3339(at) }));
}

/** The code that was sent to an address last, over all projects, for `npm run code`. Empty in production. */
export async function newestCode(services: Services, address: string): Promise<readonly string[]> {
  if (services.env.mode === "production") return [];
  const wanted = address.trim().toLowerCase();
  const found: { readonly at: Date; readonly code: string; readonly project: string }[] = [];
  for (const row of await services.db.platform.listProjects()) {
    const project = await services.resolver.byId(row.id);
    if (project === null) continue;
    for (const { at, letter } of await services.courier.preview(services.db.forProject(row.id), project, NEWEST)) {
      if (letter?.code !== undefined && letter.code !== null && letter.to.toLowerCase() === wanted) found.push({ at, code: letter.code, project: row.name });
    }
  }
  const newest = found.reduce<(typeof found)[number] | null>((best, one) => (best === null || one.at > best.at ? one : best), null);
  return newest === null ? [] : [newest.code, `sent by ${newest.project} at ${rfc3339(newest.at)}`];
}
