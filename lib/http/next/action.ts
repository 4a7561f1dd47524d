import "server-only";
import { DomainError } from "../../model/errors";
import { redirectAnswer } from "../answer";
import { csrfTokenFor, requireCsrf } from "../csrf";
import { respondError } from "../error-response";
import { requestIdOf } from "../exchange";
import { wantsJson } from "../negotiate";
import { runningServices } from "../running";
import { openPage } from "./page";

/** The hidden field of every form that posts to a server action. */
export const ACTION_FIELD = "csrf_token";

/**
 * Lets a server action begin, or throws `security_csrf_violation`. The framework runs an action whose request carries no `Origin`
 * at all (X3), so here one of `Origin` and `Sec-Fetch-Site` must be there and be ours, and the form's token must match the
 * browser's cookie and its session.
 */
export async function checkAction(formData: FormData): Promise<void> {
  const exchange = await openPage();
  if (exchange === null) throw new DomainError("unavailable", { retryAfterSeconds: 2 });
  const { headers, project, services } = exchange;
  if (headers.get("origin") === null && headers.get("sec-fetch-site") === null) {
    throw new DomainError("security_csrf_violation", { hint: "The request does not say where it comes from.", rejectReason: "Origin is missing." });
  }
  requireCsrf(headers, exchange, formData.get(ACTION_FIELD), project.config, services.keys);
}

/** `checkAction` for route handlers: answers the form, or throws, `unsupported_media_type` for a body that is none. */
export async function checkPosted(request: Request): Promise<FormData> {
  const form = await request.formData().catch((cause: unknown) => {
    throw new DomainError("unsupported_media_type", {}, { cause });
  });
  await checkAction(form);
  return form;
}

/**
 * For route handlers: what `checkPosted` threw, as an answer. A page goes to `page` (a path of ours), which says that nothing
 * happened and shows the form anew; a script reads the contract's envelope, 403 for a forged request.
 */
export async function responseForRefusedAction(error: unknown, page: string): Promise<Response> {
  const exchange = await openPage();
  if (exchange !== null && !wantsJson(exchange.headers)) return redirectAnswer(exchange, new URL(page, exchange.project.config.baseUrl).href);
  const services = exchange?.services ?? await runningServices().catch(() => null);
  return respondError({ error, exchange, services, json: true, requestId: requestIdOf(exchange?.headers ?? new Headers()) });
}

/** The token for a form on this page; empty, and so never accepted, when the browser has no anti-CSRF cookie. */
export async function actionToken(): Promise<string> {
  const exchange = await openPage();
  if (exchange === null || exchange.csrfSecret === null) return "";
  return csrfTokenFor(exchange.services.keys, exchange.csrfSecret, exchange.sessionToken);
}
