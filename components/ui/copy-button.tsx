"use client";

import { useState } from "react";
import { announce } from "./live-region";
import { useHydrated } from "./use-hydrated";

interface CopyProps {
  /** What lands on the clipboard. */
  readonly value: string;
  /** Accessible name; begins with the visible word. */
  readonly label: string;
  readonly words: { readonly copy: string; readonly copied: string; readonly failed: string };
}

/** Copies a text and says so. Not there without script: the text itself can be selected. */
export function CopyButton({ value, label, words }: CopyProps) {
  const hydrated = useHydrated();
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  if (!hydrated) return null;
  const copy = async (): Promise<void> => {
    const done = await navigator.clipboard.writeText(value).then(() => true, () => false);
    setState(done ? "copied" : "failed");
    announce(done ? words.copied : words.failed);
  };
  return (
    <>
      <button type="button" aria-label={label} className="button button-secondary" onClick={() => void copy()}>
        {state === "copied" ? words.copied : words.copy}
      </button>
      {state === "failed" && <p className="text-sm text-loss">{words.failed}</p>}
    </>
  );
}
