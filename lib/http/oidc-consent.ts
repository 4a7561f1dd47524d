import { translator } from "../i18n/text";
import type { OidcProviderConfig } from "../model/project";
import { answerWith } from "./answer";
import { csrfTokenFor } from "./csrf";
import { withCsrfSecret } from "./exchange";
import type { Exchange } from "./exchange";
import { localeOf } from "./locale";
import { appUrl } from "./oidc-complete";
import type { DancingFlow } from "./oidc-dance";
import { escaped } from "./oidc-leave";

/**
 * An app's link was opened: says what would happen and asks. A provider that still knows the person signs them in without a word,
 * so a link alone must not be enough. One form, no script; its token is this browser's.
 */
export function askBeforeLeaving(asked: Exchange, flow: DancingFlow, provider: OidcProviderConfig): Response {
  const exchange = withCsrfSecret(asked);
  const { project, services, csrfSecret, sessionToken } = exchange;
  const locale = localeOf(exchange.headers);
  const { t } = translator(locale);
  const back = appUrl(exchange, flow);
  const words = (key: Parameters<typeof t>[0]): string => escaped(t(key, { project: project.row.name, provider: provider.label }));
  const body = `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`
    + `<title>${words("appSignIn.title")}</title></head><body><main><h1>${words("appSignIn.title")}</h1><p>${words("appSignIn.text")}</p>`
    + `<form method="post" action="${escaped(`${exchange.url.pathname}?flow=${flow.id}`)}">`
    + `<input type="hidden" name="csrf_token" value="${escaped(csrfTokenFor(services.keys, csrfSecret, sessionToken))}">`
    + `<p><button type="submit">${words("appSignIn.continue")}</button> <a href="${escaped(back)}">${words("appSignIn.cancel")}</a></p></form></main></body></html>`;
  return answerWith(exchange, { status: 200, headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policyOf(back) }, setCookies: [], body });
}

/** The form posts to us; where nobody can be sent to the provider, the answer leads back to the app. */
function policyOf(back: string): string {
  const { protocol, origin } = new URL(back);
  return `default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self' ${/^https?:$/.test(protocol) ? origin : protocol}`;
}
