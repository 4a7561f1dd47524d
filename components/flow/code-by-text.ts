/** What the browser hands over of a text message bound to this page (WebOTP API, part 2). */
interface OneTimeCodeRequest extends CredentialRequestOptions {
  readonly otp: { readonly transport: readonly ["sms"] };
}

/**
 * Waits for a text message whose last line names this host and gives its code to `take`; the person is asked by the browser first.
 * Does nothing where the browser cannot, or the page may not. Answers what ends the wait. Source: WebOTP API, parts 2 and 4.
 */
export function awaitCodeByText(take: (code: string) => void): () => void {
  if (!("OTPCredential" in window)) return () => undefined;
  const wait = new AbortController();
  const request: OneTimeCodeRequest = { otp: { transport: ["sms"] }, signal: wait.signal };
  void navigator.credentials.get(request).then((credential) => {
    if (!wait.signal.aborted && credential !== null && "code" in credential && typeof credential.code === "string") take(credential.code);
  }, () => undefined);
  return () => wait.abort();
}
