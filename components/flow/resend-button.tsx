"use client";

import { useEffect, useState } from "react";
import { announce } from "@/components/ui/live-region";
import { SubmitButton } from "@/components/ui/submit-button";
import { useHydrated } from "@/components/ui/use-hydrated";

interface ResendProps {
  readonly name: string;
  readonly value: string;
  readonly words: {
    readonly now: string;
    readonly busy: string;
    /** Said once when the wait is over. */
    readonly ready: string;
    /** "… in one second", "… in 2 seconds", and so on, from one. */
    readonly waits: readonly string[];
  };
}

/** Asks for another code, after a pause told in words. Without script it is there at once, and the server keeps the pace. */
export function ResendButton({ name, value, words }: ResendProps) {
  const hydrated = useHydrated();
  const [left, setLeft] = useState(words.waits.length);
  const { ready } = words;
  useEffect(() => {
    const until = Date.now() + words.waits.length * 1_000;
    const timer = window.setInterval(() => {
      const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1_000));
      setLeft(seconds);
      if (seconds > 0) return;
      window.clearInterval(timer);
      announce(ready);
    }, 1_000);
    return () => { window.clearInterval(timer); };
  }, [words.waits.length, ready]);
  if (hydrated && left > 0) {
    return (
      <p className="button button-secondary w-full cursor-default border-line font-medium text-ink-2 hover:bg-surface" data-testid="resend-wait">
        <span className="tabular-nums">{words.waits[left - 1]}</span>
      </p>
    );
  }
  return <SubmitButton name={name} value={value} tone="secondary" busyText={words.busy} className="w-full">{words.now}</SubmitButton>;
}
