"use client";

import type { ReactNode } from "react";
import { useEffect, useRef, useState } from "react";
import { useFormStatus } from "react-dom";
import { announce } from "./live-region";

export type ButtonTone = "primary" | "secondary" | "danger" | "quiet";
interface SubmitProps {
  readonly children: ReactNode;
  readonly busyText: string;
  readonly tone?: ButtonTone;
  readonly name?: string;
  readonly value?: string;
  readonly className?: string;
  readonly disabled?: boolean;
  readonly describedBy?: string;
  /** Id of the form it sends, where it stands outside of it. */
  readonly form?: string;
}

/** The button of a form that posts to the wire. Keeps its size while busy; a second press does nothing. */
export function SubmitButton(props: SubmitProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [busy, setBusy] = useState(false);
  const { busyText } = props;
  useEffect(() => {
    const form = button.current?.form;
    if (!form) return undefined;
    let sent = false;
    const onSubmit = (event: SubmitEvent): void => {
      if (event.submitter !== null && event.submitter !== button.current) return;
      if (sent) event.preventDefault();
      else announce(busyText);
      sent = true;
      setBusy(true);
    };
    // A page that comes back from the browser's memory can be used again.
    const onShow = (): void => {
      sent = false;
      setBusy(false);
    };
    form.addEventListener("submit", onSubmit);
    window.addEventListener("pageshow", onShow);
    return () => {
      form.removeEventListener("submit", onSubmit);
      window.removeEventListener("pageshow", onShow);
    };
  }, [busyText]);
  return <ButtonFace {...props} busy={busy} buttonRef={button} />;
}

/** The button of a form whose action is a server function. */
export function ActionButton(props: SubmitProps) {
  const { pending } = useFormStatus();
  return <ButtonFace {...props} busy={pending} buttonRef={null} />;
}

function ButtonFace({ children, busyText, tone = "primary", name, value, className = "", disabled, describedBy, form, busy, buttonRef }:
  SubmitProps & { readonly busy: boolean; readonly buttonRef: React.RefObject<HTMLButtonElement | null> | null }) {
  return (
    <button ref={buttonRef} type="submit" form={form} name={name} value={value} disabled={disabled} aria-disabled={busy} aria-describedby={describedBy}
      className={`button button-${tone} ${className}`} onClick={(event) => { if (busy) event.preventDefault(); }}>
      <span className="grid">
        <span className={`col-start-1 row-start-1 ${busy ? "invisible" : ""}`}>{children}</span>
        <span className={`col-start-1 row-start-1 ${busy ? "" : "invisible"}`}>{busyText}</span>
      </span>
    </button>
  );
}
