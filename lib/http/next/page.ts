import "server-only";
import { headers } from "next/headers";
import { cache } from "react";
import { isDomainError } from "../../model/errors";
import { openExchange, publicUrl } from "../exchange";
import type { Exchange } from "../exchange";
import { notedPath, ownPath } from "../private-headers";
import { returnHere } from "../guard-path";
import { runningServices } from "../running";

/** One exchange per rendering, shared by everything on the page; null while the store does not answer. */
export const openPage: () => Promise<Exchange | null> = cache(async () => {
  const incoming = await headers();
  // A copy: the framework's own object is read-only and typed apart.
  const own = new Headers([...incoming.entries()]);
  try {
    return await openExchange({ headers: own, target: notedPath(own) ?? "/" }, await runningServices());
  } catch (error) {
    if (!isDomainError(error)) {
      const services = await runningServices().catch(() => null);
      services?.log.error({ err: error }, "page could not read its session");
    }
    return null;
  }
});

/** The path this request came to, as rules name it; null where neither server.ts nor proxy.ts noted it. */
export function ownPathname({ headers, project }: Exchange): string | null {
  const target = ownPath(headers);
  return target === null ? null : publicUrl(project.config, target).pathname;
}

/** The page being shown as an absolute URL, for `return_to`; null when nobody noted its path. */
export function thisPage(exchange: Exchange): string | null {
  const path = notedPath(exchange.headers);
  return path === null ? null : returnHere(exchange.project.config, path);
}
