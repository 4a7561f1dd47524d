import type { KeyRing } from "../crypto/keys";
import type { OutboxMessage } from "../db/handles";
import type { JsonObject } from "../model/identity";
import type { CourierConfig, Project } from "../model/project";
import type { Delivery } from "./delivery";
import { sendByHttp } from "./http";
import type { RenderBody } from "./http";
import { isCourierTemplate, openLetter } from "./outbox";
import type { CourierTemplate, Letter } from "./outbox";
import type { SmtpSender } from "./smtp";
import { renderMail, renderSms } from "./templates";

/** What the installation offers to projects that bring no mail server of their own. */
export interface InstallationMail {
  readonly smtpUrl: string | null;
  /** Who letters come from then; null: what the project says. */
  readonly from: { readonly address: string; readonly name: string | null } | null;
}

export interface LetterDeps {
  readonly keys: KeyRing;
  readonly smtp: SmtpSender;
  readonly renderBody: RenderBody;
  readonly mail: InstallationMail;
}

type Opened = Pick<Letter, "to" | "locale" | "data"> & { readonly template: CourierTemplate };

/** Opens, renders and hands over one letter or text message. Throws when it does not open or cannot be rendered. */
export async function sendLetter(message: OutboxMessage, project: Project, deps: LetterDeps): Promise<Delivery> {
  const opened = opening(message, deps.keys);
  return message.channel === "sms" ? sendSms(message, opened, project, deps) : sendMail(message, opened, project, deps);
}

/** Which server or service a message needs: one that does not answer is left alone for a moment, for all of its messages. Null: none is set up. */
export function channelOf(message: OutboxMessage, { config }: Project, { smtpUrl }: InstallationMail): string | null {
  const { email, sms } = config.courier;
  if (message.channel === "sms") return sms === null ? null : `http ${sms.url}`;
  if (email?.kind === "http") return `http ${email.request.url}`;
  const uri = email?.connectionUri ?? smtpUrl;
  return uri === null ? null : `smtp ${uri}`;
}

export function opening(message: OutboxMessage, keys: KeyRing): Opened {
  const { template } = message;
  if (!isCourierTemplate(template)) throw new Error("a message of an unknown template");
  return { ...openLetter(keys, message), template };
}

async function sendSms(message: OutboxMessage, { to, locale, data, template }: Opened, { config }: Project, { renderBody }: LetterDeps): Promise<Delivery> {
  const { sms } = config.courier;
  if (sms === null) return { kind: "no_channel", reason: "no channel for text messages is set up" };
  const body = renderSms(template, locale, data, config);
  return sendByHttp(sms, message.id, context(to, template, data, { body, message_type: "sms" }), config, renderBody);
}

async function sendMail(message: OutboxMessage, { to, locale, data, template }: Opened, { config }: Project, deps: LetterDeps): Promise<Delivery> {
  const { email } = config.courier;
  const { subject, text, html } = renderMail(template, locale, data, config);
  if (email?.kind === "http") {
    return sendByHttp(email.request, message.id, context(to, template, data, { subject, body: text, html_body: html, message_type: "email" }), config, deps.renderBody);
  }
  const from = senderOf(config.courier, ownFrom(config.document), deps.mail);
  const mail = { messageId: messageIdOf(message, from.address), from, to, subject, text, html };
  if (email !== null) return deps.smtp.send(email, mail);
  if (deps.mail.smtpUrl === null) return { kind: "no_channel", reason: "no mail server is set up" };
  return deps.smtp.send({ connectionUri: deps.mail.smtpUrl, localName: null, headers: {} }, mail);
}

/** The names of contract/admin.md 8.5. */
function context(recipient: string, template: CourierTemplate, data: JsonObject, rendered: JsonObject): JsonObject {
  return { recipient, ...rendered, template_type: template, template_data: data };
}

/** One message, one id, however often it is handed over (RFC 5322, 3.6.4). */
function messageIdOf(message: OutboxMessage, from: string): string {
  return `<${message.id}@${from.slice(from.lastIndexOf("@") + 1)}>`;
}

/** What the project says itself wins; over the installation's own server the installation's address comes next. */
function senderOf({ email, from }: CourierConfig, own: string | null, { from: fallback }: InstallationMail): { readonly address: string; readonly name: string } {
  if (email !== null || own !== null || fallback === null) return from;
  return { address: fallback.address, name: fallback.name ?? from.name };
}

/** `courier.smtp.from_address`, when the document names one. */
function ownFrom(document: JsonObject): string | null {
  const address = member(member(document["courier"], "smtp"), "from_address");
  return typeof address === "string" ? address : null;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
