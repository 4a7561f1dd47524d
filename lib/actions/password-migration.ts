import { DomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import type { HttpRequestConfig, ProjectConfig } from "../model/project";
import type { HookDeps } from "./deliver";
import { guardOf } from "./deliver";
import { isGuardedFetchError } from "./guarded-fetch";
import type { GuardedResponse } from "./guarded-fetch";
import { isJsonnetError } from "./jsonnet";
import { isTemplateError, prepareRequest, sendPrepared } from "./send";

/** What is sent where the configuration writes no body of its own. */
const BODY: HttpRequestConfig["body"] = { kind: "template", value: { identifier: "${ctx.identifier}", password: "${ctx.password}" } };

/** Asks an older system whether it knows this password. */
export type AskOlderSystem = (
  hook: HttpRequestConfig, typed: { readonly identifier: string; readonly password: string }, network: ProjectConfig["webHooks"],
) => Promise<boolean>;

/**
 * The password migration hook (contract/admin.md 1.12): 200 with `{"status":"password_match"}` is a match, 403 is none, and everything
 * else is `hook_failed` or `hook_timeout`. Asked once: the person waits, and each call is a guess over there too. A redirect is not followed,
 * because the password would go with it.
 */
export function createOlderSystem(deps: HookDeps): AskOlderSystem {
  return async (hook, typed, { allowPrivateRanges: allowPrivate, privateExceptionUrls: exceptions }) => {
    const answer = await send(hook, typed, { allowPrivate, exceptions, maxRedirects: 0, ...guardOf(deps) }, deps);
    if (answer.status === 403) return false;
    if (answer.status === 200 && statusOf(answer) === "password_match") return true;
    deps.warn(`the password migration hook answered ${answer.status}`);
    throw failed();
  };
}

async function send(hook: HttpRequestConfig, typed: JsonObject, options: Parameters<typeof sendPrepared>[1], deps: HookDeps): Promise<GuardedResponse> {
  try {
    const request = await prepareRequest({ ...hook, body: hook.body ?? BODY }, typed, deps.evaluate);
    if (request === null) throw failed();
    return await sendPrepared(request, options);
  } catch (error) {
    // The words of a failed template may hold what was typed.
    if (isJsonnetError(error) || isTemplateError(error)) throw failed();
    if (!isGuardedFetchError(error)) throw error;
    deps.warn(`the password migration hook failed: ${error.failure}`);
    throw error.failure === "timeout" ? new DomainError("hook_timeout") : failed();
  }
}

function statusOf({ body }: GuardedResponse): unknown {
  try {
    const answer: unknown = JSON.parse(body.toString("utf8"));
    return typeof answer === "object" && answer !== null ? (answer as JsonObject)["status"] : null;
  } catch {
    return null;
  }
}

function failed(): DomainError {
  return new DomainError("hook_failed", { reason: "The system that knows the password did not answer as it should. Try again later." });
}
