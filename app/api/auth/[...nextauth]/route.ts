import { answerWith } from "@/lib/http/answer";
import { readBody } from "@/lib/http/body";
import type { Endpoint } from "@/lib/http/handler";
import { route } from "@/lib/http/handler";
import { decodedCookies, runNextAuth } from "@/lib/nextauth/run";

/** next-auth's own endpoints: reading the session, its anti-CSRF pair, signing out. The session cookie is never issued here. */
const auth: Endpoint = async (exchange, request) => {
  const { services, project, handle, now, device, url, cookies } = exchange;
  const answer = await runNextAuth({
    method: request.method === "HEAD" ? "GET" : request.method,
    segments: url.pathname.replace(/^.*\/api\/auth\/?/, "").split("/").filter((segment) => segment !== ""),
    query: Object.fromEntries(url.searchParams),
    cookies: decodedCookies(cookies),
    body: await bodyOf(request),
  }, { services, project, handle, now, ipAddress: device.ipAddress, failure: null });
  return answerWith(exchange, answer);
};

async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  if (request.method !== "POST") return {};
  const text = await readBody(request);
  const json = (request.headers.get("content-type") ?? "").includes("application/json");
  if (!json) return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

const handler = route({ GET: auth, POST: auth }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
