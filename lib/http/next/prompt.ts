import "server-only";
import { redirect } from "next/navigation";
import { DomainError } from "../../model/errors";
import { answerPrompt, promptView } from "../prompt";
import type { PromptView } from "../prompt";
import { checkAction } from "./action";
import { openPage } from "./page";

export type { PromptView } from "../prompt";

type SearchParams = Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;

/**
 * What the page `/setup-mfa?return_to=…` shows. Nobody signed in goes to sign in; somebody who is asked nothing goes on. Null
 * while the store does not answer.
 */
export async function promptPage(searchParams: SearchParams): Promise<PromptView | null> {
  const { return_to: returnTo } = await searchParams;
  const exchange = await openPage();
  if (exchange === null) return null;
  const view = await promptView(exchange, typeof returnTo === "string" ? returnTo : null);
  return typeof view === "string" ? redirect(view) : view;
}

/**
 * The action of the page's form: fields `csrf_token` (actionToken), `return_to` (the view's `continueAt`) and the button `answer`
 * with `skip` or `never`. Throws `security_csrf_violation` and `bad_request`; otherwise the browser goes on.
 */
export async function answerPromptForm(form: FormData): Promise<never> {
  await checkAction(form);
  const answer = form.get("answer");
  if (answer !== "skip" && answer !== "never") throw new DomainError("bad_request", { reason: "The form names no answer." });
  const exchange = await openPage();
  if (exchange === null) throw new DomainError("unavailable", { retryAfterSeconds: 2 });
  const returnTo = form.get("return_to");
  redirect(await answerPrompt(exchange, answer, typeof returnTo === "string" ? returnTo : null));
}
