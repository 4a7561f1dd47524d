import type { ConsoleProject } from "../model/console";
import { deskOf } from "./admin-door";
import type { Exchange } from "./exchange";
import { readPlace, writePlace } from "./page-place";
import { maskAddress, nameIn, summaryOf } from "./person";
import type { SessionSummary } from "./person";

export interface SessionSearch {
  readonly aal: "aal1" | "aal2" | null;
  readonly after: string | null;
}
export interface SessionLine {
  readonly session: SessionSummary;
  readonly kind: "browser" | "api";
  readonly person: { readonly id: string; readonly name: string };
}
export interface SessionsPage {
  readonly project: ConsoleProject;
  readonly sessions: readonly SessionLine[];
  readonly next: string | null;
  readonly looked: number;
}
const PAGE = 50;

/** Live sessions of a project, newest first. Null: no such project. */
export async function readSessions(exchange: Exchange, slug: string, search: SessionSearch): Promise<SessionsPage | null> {
  const desk = await deskOf(exchange, slug);
  if (desk === null) return null;
  const found = await desk.handle.liveSessionsPage({
    limit: PAGE, after: readPlace(search.after), now: exchange.now, ...(search.aal === null ? {} : { aal: search.aal }),
  });
  return {
    project: { slug: desk.project.row.slug, name: desk.project.row.name }, next: writePlace(found.next), looked: found.looked,
    sessions: found.rows.map(({ session, address, traits }) => ({
      session: summaryOf(session), kind: session.kind,
      person: { id: session.identityId, name: nameIn(traits["name"]) ?? (address === null ? session.identityId.slice(0, 8) : maskAddress(address)) },
    })),
  };
}
