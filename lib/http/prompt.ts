import { promptOffer, promptUrl } from "../flows/prompt";
import type { PromptOffer } from "../flows/prompt";
import type { FlowResult } from "../flows/result";
import { returnToOr, startUrl } from "../flows/urls";
import type { FactorId } from "../model/assurance";
import type { Project } from "../model/project";
import type { Session } from "../model/session";
import type { Exchange } from "./exchange";
import type { Audience } from "./respond";

/** Everything the page "set up a second factor" shows. */
export interface PromptView {
  readonly kind: PromptOffer["kind"];
  /** What can be set up, the recommendation first; never empty. The first may be a passkey, which not every device can make. */
  readonly methods: readonly FactorId[];
  /** "Not now" is an answer. */
  readonly canSkip: boolean;
  /** "Don't ask again" is an answer. */
  readonly canRefuse: boolean;
  /** Days until the next question after "not now"; null: it is not asked again, or there is no "not now". */
  readonly againInDays: number | null;
  /** By when a second factor must be owned. */
  readonly dueAt: Date | null;
  /** Starts the settings flow and leads on to `continueAt` from there. A method's card is `#<method>` of that page. */
  readonly setUpAt: string;
  /** Where the person was going; validated. The form's hidden field `return_to`. */
  readonly continueAt: string;
}
export type PromptAnswer = "skip" | "never";

/** What is shown to the person in front of this request; a text: nothing is asked, and this is where to go on. */
export async function promptView(exchange: Exchange, returnTo: string | null): Promise<PromptView | string> {
  const { project, session, handle, now } = exchange;
  const continueAt = returnToOr(project, returnTo, project.config.defaultReturnUrl);
  if (session === null) return startUrl(project, "login", { return_to: continueAt });
  const offer = await offerFor(exchange, session.session);
  if (offer === null) return continueAt;
  // A visit before its time is no answer to anything: it puts off nothing.
  if (offer.due) await handle.transaction((tx) => tx.noteEnrolmentPrompt(session.identity.id, "shown", now));
  const { due: _due, ...shown } = offer;
  return { ...shown, setUpAt: startUrl(project, "settings", { return_to: continueAt }), continueAt };
}

/**
 * Writes "not now" or "don't ask again" down and answers where to go on. An answer that was not on the page (a wall stands behind
 * it, say) is not written, and the way on is the settings page.
 */
export async function answerPrompt(exchange: Exchange, answer: PromptAnswer, returnTo: string | null): Promise<string> {
  const { project, session, handle, now, device } = exchange;
  const continueAt = returnToOr(project, returnTo, project.config.defaultReturnUrl);
  if (session === null) return startUrl(project, "login", { return_to: continueAt });
  const offer = await offerFor(exchange, session.session);
  if (offer === null) return continueAt;
  if (!(answer === "skip" ? offer.canSkip : offer.canRefuse)) return startUrl(project, "settings", { return_to: continueAt });
  const { id } = session.identity;
  await handle.transaction(async (tx) => {
    await tx.noteEnrolmentPrompt(id, answer === "skip" ? "skipped" : "never", now);
    await tx.appendAudit({
      action: answer === "skip" ? "enrolment.postponed" : "enrolment.refused", result: "ok", actor: { kind: "person", identityId: id }, identityId: id,
      sessionId: session.session.id, ipAddress: device.ipAddress, details: {},
    }, now);
  });
  return continueAt;
}

/**
 * A page whose sign-up or sign-in is done goes to the prompt first when it is due, and from there to where it was going. Scripts
 * and apps are never sent there, nor pages of somebody else, nor anybody in the middle of a step-up.
 */
export async function withPrompt(exchange: Exchange, result: FlowResult, audience: Audience): Promise<FlowResult> {
  if (audience !== "html" || result.kind !== "completed" || result.issued === null) return result;
  const { flow, issued, next, returnTo } = result;
  if (flow.kind !== "registration" && !(flow.kind === "login" && !flow.refresh && flow.requestedAal === "aal1")) return result;
  if ((next.kind !== "allow" && next.kind !== "enroll") || !isOwnPage(exchange.project, flow.kind)) return result;
  const offer = await offerFor(exchange, issued.session);
  if (offer?.due !== true) return result;
  const to = promptUrl(exchange.project, returnTo);
  return { ...result, returnTo: to, continueAt: next.kind === "allow" ? result.continueAt : to };
}

async function offerFor({ project, handle, services, now }: Exchange, session: Session): Promise<PromptOffer | null> {
  if (project.config.enrolmentPrompt.mode === "off") return null;
  const [account, before] = await Promise.all([handle.findAccount(session.identityId), handle.findEnrolmentPrompt(session.identityId)]);
  if (account === null) return null;
  const subject = services.subjectOf(account.credentials, project);
  return promptOffer({ project, session, subject, owned: account.credentials.map(({ type }) => type), before, now });
}

/** Our own pages are on the project's own base; anybody else's application asks its people itself. */
function isOwnPage({ config }: Project, kind: "login" | "registration"): boolean {
  return new URL(config.flows[kind].uiUrl).origin === new URL(config.baseUrl).origin;
}
