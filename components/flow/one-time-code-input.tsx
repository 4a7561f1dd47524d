"use client";

import { useEffect, useRef } from "react";
import { awaitCodeByText } from "./code-by-text";
import { toDigits } from "./digits";

const LENGTH = 6;

interface OneTimeCodeInputProps {
  readonly id: string;
  readonly name: string;
  readonly required: boolean;
  /** Takes the focus on arrival; not when an error must be read first. */
  readonly focus: boolean;
  /** Sends the form by itself at six digits; the hint announces it (WCAG 3.2.2). */
  readonly submits: boolean;
  /** The code is one that we sent: a text message may fill it in (WebOTP). */
  readonly arrives: boolean;
  readonly describedBy?: string | undefined;
  readonly invalid?: true | undefined;
}

/**
 * One real field for a six-digit code. Typing and pasting keep only digits; no maximum length, because a pasted "123 456" has
 * seven characters. Six digits send the form once per value.
 */
export function OneTimeCodeInput({ id, name, required, focus, submits, arrives, describedBy, invalid }: OneTimeCodeInputProps) {
  const field = useRef<HTMLInputElement>(null);
  const sent = useRef<string | null>(null);
  useEffect(() => {
    if (focus) field.current?.focus();
  }, [focus]);
  useEffect(() => (arrives ? awaitCodeByText((code) => {
    const input = field.current;
    // Whoever has begun to type is not overruled.
    if (input === null || input.value !== "") return;
    input.value = code;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }) : undefined), [arrives]);
  const onInput = (input: HTMLInputElement): void => {
    const digits = toDigits(input.value);
    if (digits !== input.value) input.value = digits;
    if (!submits || digits.length !== LENGTH || digits === sent.current) return;
    sent.current = digits;
    input.form?.requestSubmit(input.form.querySelector<HTMLButtonElement>("button[type=submit]"));
  };
  return (
    <input ref={field} id={id} name={name} type="text" inputMode="numeric" autoComplete="one-time-code" autoCapitalize="off" autoCorrect="off"
      spellCheck={false} dir="ltr" required={required} aria-describedby={describedBy} aria-invalid={invalid}
      className="field code min-h-14 ps-5 text-center text-xl tracking-[0.4em]"
      onInput={(event) => { onInput(event.currentTarget); }} />
  );
}
