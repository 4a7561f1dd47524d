import { randomBytes } from "node:crypto";
import { NextResponse } from "next/server";
import type { NextRequest } from "next/server";
import { unavailablePage } from "./lib/http/answer";
import { turnAround } from "./lib/http/page-request";

/**
 * Runs before every page: a nonce and the Content-Security-Policy, the anti-CSRF cookie for forms that post to an action, and an
 * early turn for people whom a page would refuse anyway. It is not the lock: without this file everything protected stays so.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const { pathname, search } = request.nextUrl;
  const nonce = randomBytes(16).toString("base64");
  const turn = await turnAround({
    headers: request.headers, method: request.method, target: `${pathname}${search}`, nonce, development: process.env.NODE_ENV === "development",
  });
  if (turn.unavailable) return unavailablePage();
  const response = turn.location === null ? NextResponse.next({ request: { headers: turn.requestHeaders } })
    : new NextResponse(null, { status: 303, headers: { location: turn.location } });
  for (const [name, value] of turn.responseHeaders) response.headers.append(name, value);
  return response;
}

export const config = {
  matcher: [
    // Pages only: programs' paths answer with data and set their own headers.
    "/((?!_next/static|_next/image|self-service/|sessions|schemas|health/|version$|api/|admin/|projects|workspaces|\\.well-known/|favicon).*)",
  ],
};
