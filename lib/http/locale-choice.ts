import { isLocale } from "../i18n/locale";
import { DomainError } from "../model/errors";
import { parsePayload } from "../wire/payload";
import { redirectAnswer } from "./answer";
import { readBody } from "./body";
import { localeCookie } from "./cookies";
import { requireOwnOrigin } from "./csrf";
import type { Exchange } from "./exchange";
import type { Endpoint } from "./handler";

/**
 * `POST /self-service/locale` with `locale=de`: remembers the language of this browser and shows the page again. It changes words
 * and nothing else, so that the form comes from our own pages is enough. Throws `bad_request` for a language we do not speak.
 */
export const chooseLocale: Endpoint = async (exchange, request) => {
  requireOwnOrigin(exchange.headers, exchange.project.config);
  const { locale } = parsePayload(exchange.headers.get("content-type"), await readBody(request));
  if (!isLocale(locale)) throw new DomainError("bad_request", { reason: "This language is not one of ours." });
  exchange.setCookies.push(localeCookie(exchange.project.config, locale));
  return redirectAnswer(exchange, pageBefore(exchange));
};

/** The page whose footer was used, by its own word and only on our own origin; else the start page. */
function pageBefore({ headers, project: { config: { baseUrl } } }: Exchange): string {
  const origin = new URL(baseUrl).origin;
  const referer = headers.get("referer") ?? "";
  if (URL.canParse(referer) && new URL(referer).origin === origin) return referer;
  return `${origin}/`;
}
