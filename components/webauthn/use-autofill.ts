"use client";

import { WebAuthnAbortService, browserSupportsWebAuthnAutofill } from "@simplewebauthn/browser";
import { useEffect, useRef, useState } from "react";
import { signWithKey } from "./ceremony";

/**
 * Conditional UI (D8): keys appear among the suggestions of the account-name field, and nothing opens by itself. It ends with
 * the page, and with every form that is sent. Returns what begins it again after a ceremony that took its place.
 */
export function useAutofill(options: string | null, onAnswer: (answer: string) => void): () => void {
  const [round, setRound] = useState(0);
  const answer = useRef(onAnswer);
  useEffect(() => { answer.current = onAnswer; });
  useEffect(() => {
    if (options === null) return undefined;
    let over = false;
    const listen = async (): Promise<void> => {
      if (!(await browserSupportsWebAuthnAutofill()) || over) return;
      const signed = await signWithKey(options, true).catch(() => null);
      if (signed !== null && !over) answer.current(signed);
    };
    const stop = (): void => {
      if (over) return;
      over = true;
      WebAuthnAbortService.cancelCeremony();
    };
    document.addEventListener("submit", stop, true);
    window.addEventListener("pagehide", stop);
    void listen();
    return () => {
      document.removeEventListener("submit", stop, true);
      window.removeEventListener("pagehide", stop);
      stop();
    };
  }, [options, round]);
  return () => { setRound((before) => before + 1); };
}
