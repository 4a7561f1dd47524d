import type { MailSink, ReceivedMail } from "./mail-sink";
import type { SmsSink } from "./sms-sink";

/** The six digits of the newest letter with a code to this address, once there is one. `after`: how many letters to pass over. */
export async function codeByMail(sink: MailSink, to: string, after: number): Promise<string> {
  return (await letterTo(sink, to, /^\d{6}\b/, after)).subject.slice(0, 6);
}

/** The newest letter to this address whose subject matches. */
export function letterTo(sink: MailSink, to: string, subject: RegExp, after = 0): Promise<ReceivedMail> {
  return until(`a letter to ${to} called ${String(subject)}`, () => sink.mails.slice(after).findLast((one) => one.to.includes(to) && subject.test(one.subject)) ?? null);
}

export function codeByText(sink: SmsSink, to: string, after: number): Promise<string> {
  return until(`a code by text message to ${to}`, () => {
    const text = sink.texts.slice(after).findLast(({ body }) => body.includes(to));
    return (text?.json as { readonly template_data?: { readonly code?: string } } | undefined)?.template_data?.code ?? null;
  });
}

/** Looks until there is something; throws after a while. */
export async function until<T>(what: string, look: () => T | null | Promise<T | null>, timeoutMs = 60_000): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > end) throw new Error(`${what} did not come within ${String(timeoutMs)} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
