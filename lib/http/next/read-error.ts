import "server-only";
import { isUuid } from "../../model/ids";
import { openPage } from "./page";

/** A stored error as the error page shows it: ids and code, never its own sentence or anything of the request. */
export interface PageError {
  readonly id: string;
  readonly errorId: string | null;
  readonly code: number;
  readonly requestId: string | null;
}

/** The error that the page's address names; null when there is none, or nobody may know. */
export async function readError(
  searchParams: Promise<Readonly<Record<string, string | readonly string[] | undefined>>>,
): Promise<PageError | null> {
  const query = await searchParams;
  const id = query["id"] ?? query["error"];
  const exchange = await openPage();
  if (exchange === null || typeof id !== "string" || !isUuid(id)) return null;
  const found = await exchange.handle.findFlowError(id);
  if (found === null) return null;
  const { code, id: errorId, request } = found.error;
  return {
    id: found.id, code: typeof code === "number" ? code : 500,
    errorId: typeof errorId === "string" ? errorId : null, requestId: typeof request === "string" ? request : null,
  };
}
