import { translator } from "../i18n/text";
import { answerWith } from "./answer";
import type { Exchange } from "./exchange";
import { localeOf } from "./locale";

/**
 * Sends the browser to the provider from a page of ours and not by a redirect. Chromium holds every redirect of a form post to our
 * `form-action`, and a provider passes people on to hosts that nobody can list; a page that refreshes begins a navigation of its own.
 * Works without JavaScript; whoever waits reads where it goes.
 */
export function leaveFor(exchange: Exchange, to: string, provider: string, setCookies: readonly string[]): Response {
  const locale = localeOf(exchange.headers);
  const words = escaped(translator(locale).t("message.1010002", { provider }));
  const body = `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`
    + `<title>${words}</title></head><body><main><p><a href="${escaped(to)}">${words}</a></p></main></body></html>`;
  // Browsers ignore `Location` here; programs that are none find the way by it.
  const headers = { "content-type": "text/html; charset=utf-8", refresh: `0; url=${to}`, location: to };
  return answerWith(exchange, { status: 200, headers, setCookies, body });
}

/** For text and quoted attributes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
