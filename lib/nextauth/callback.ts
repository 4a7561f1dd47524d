import type { BridgeContext } from "./adapter";
import { failureOf } from "../upstream/failure";
import type { UpstreamFailure } from "../upstream/failure";
import type { Dance } from "./dance";
import { handOver } from "./handover";
import { LET_IN } from "./options";
import { runDance } from "./run";
import type { AuthCall } from "./run";
import { danceOf } from "./start";
import type { DanceFacts } from "./start";

export interface Finished {
  readonly arrived: { readonly kind: "handover"; readonly token: string } | { readonly kind: "failed"; readonly failure: UpstreamFailure };
  readonly setCookies: readonly string[];
}

/** What a callback brings; said twice it is an attempt to be read two ways (T66). */
const PARAMETERS = ["code", "state", "iss", "error", "user"] as const;

/**
 * Ends a dance. `facts` are those of the round trip whose state the answer brings: the caller has checked it. next-auth opens this browser's cookies, our steps ask the provider and judge its answer, and the `signIn` callback
 * leaves the person in a handover. Whatever next-auth then wants to show, the browser goes back to its flow. The dance's cookies are
 * used up either way.
 */
export async function finishDance(facts: DanceFacts, search: URLSearchParams, cookies: Readonly<Record<string, string>>, context: BridgeContext): Promise<Finished> {
  if (PARAMETERS.some((name) => search.getAll(name).length > 1)) return { arrived: { kind: "failed", failure: "oidc_bad_answer" }, setCookies: [] };
  const refused = search.get("error");
  if (refused !== null) return { arrived: { kind: "failed", failure: saidNo(refused) }, setCookies: [] };
  let dance: Dance;
  try {
    dance = await danceOf(facts, context, saidIn(search.get("user")));
  } catch (error) {
    return { arrived: { kind: "failed", failure: failureOf(error) }, setCookies: [] };
  }
  const query = Object.fromEntries(["code", "state", "iss"].flatMap((name) => (search.has(name) ? [[name, search.get(name) ?? ""]] : [])));
  const call: AuthCall = { method: "GET", segments: ["callback", facts.provider.id], query, cookies, body: {} };
  const dancing: BridgeContext = { ...context, dance };
  const answer = await runDance(call, dancing);
  const token = dance.failure === null && wasLetIn(answer.headers["location"]) ? await handOver(dance, context) : null;
  if (token !== null) return { arrived: { kind: "handover", token }, setCookies: answer.setCookies };
  // Without a reason of ours next-auth stopped before asking: a cookie of this browser was missing, old or another dance's.
  const failure = dance.failure ?? "oidc_start_again";
  context.services.log.warn({ provider: facts.provider.id, failure }, "a provider's answer was not accepted");
  return { arrived: { kind: "failed", failure }, setCookies: answer.setCookies };
}

function wasLetIn(location: string | undefined): boolean {
  return location !== undefined && URL.canParse(location) && new URL(location).pathname.endsWith(LET_IN);
}

/** RFC 6749, 4.1.2.1. */
function saidNo(error: string): UpstreamFailure {
  switch (error) {
    case "access_denied": case "user_cancelled_authorize": case "user_cancelled_login": case "consent_required": return "oidc_cancelled";
    case "temporarily_unavailable": case "server_error": return "oidc_unavailable";
    case "unauthorized_client": case "invalid_scope": case "unsupported_response_type": case "invalid_request": return "oidc_misconfigured";
    default: return "oidc_refused";
  }
}

/** Apple sends the name once, unsigned, beside the first code. */
function saidIn(user: string | null): Dance["said"] {
  if (user === null || user.length > 1_024) return {};
  try {
    const { name } = JSON.parse(user) as { readonly name?: { readonly firstName?: unknown; readonly lastName?: unknown } };
    return {
      ...(typeof name?.firstName === "string" ? { givenName: name.firstName } : {}),
      ...(typeof name?.lastName === "string" ? { familyName: name.lastName } : {}),
    };
  } catch {
    return {};
  }
}
