import type { Browser } from "./client";
import type { Answer } from "./http";

/** A navigation; where an app's link asks before anybody leaves for a provider, "Continue" is pressed. */
export async function visitAgreeing(browser: Browser, url: string): Promise<Answer> {
  const answer = await browser.visit(url);
  if (answer.status !== 200 || !new URL(url).pathname.endsWith("/self-service/methods/oidc/start")) return answer;
  const masked = /name="csrf_token" value="([^"]*)"/.exec(answer.text)?.[1];
  if (masked === undefined) return answer;
  const token = masked.replace(/&#(\d+);/g, (_whole, code: string) => String.fromCharCode(Number(code)));
  return browser.request(url, "POST", {
    accept: "text/html", "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin",
  }, new URLSearchParams({ csrf_token: token }).toString());
}
