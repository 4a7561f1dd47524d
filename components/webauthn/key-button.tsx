"use client";

import { WebAuthnAbortService, browserSupportsWebAuthn } from "@simplewebauthn/browser";
import type { ReactNode } from "react";
import { useEffect, useRef, useState } from "react";
import { ErrorTitle } from "@/components/ui/error-title";
import { LastUsed, LastUsedBadge } from "@/components/ui/last-used";
import { announce } from "@/components/ui/live-region";
import { Notice } from "@/components/ui/notice";
import type { ButtonTone } from "@/components/ui/submit-button";
import { useHydrated } from "@/components/ui/use-hydrated";
import { makeKey, signWithKey, valueOf } from "./ceremony";
import type { CeremonyProblem } from "./problem";
import { problemOf } from "./problem";
import { useAutofill } from "./use-autofill";
import type { CeremonyWords } from "./words";

export interface KeyButtonProps {
  readonly id: string;
  readonly kind: "use" | "make";
  /** The wire's options as JSON. */
  readonly options: string;
  /** Fields the answer is sent with: the one that holds it, and the method. */
  readonly answerField: string;
  readonly method: string;
  readonly words: CeremonyWords;
  readonly children: ReactNode;
  readonly tone?: ButtonTone;
  readonly wide?: boolean;
  /** Id of the form, where the button stands outside of it. */
  readonly form?: string;
  /** The form's own button: Enter in one of its fields presses it. */
  readonly submits?: boolean;
  /** A field that must be filled in first. */
  readonly needs?: string;
  /** Offer the keys in the account-name field too, without asking (conditional UI). */
  readonly autofill?: boolean;
  /** "Last used here", where that is so. */
  readonly lastUsed?: string | null;
}
type Stage = { readonly kind: "idle" | "waiting" | "sent" } | { readonly kind: "problem"; readonly problem: Exclude<CeremonyProblem, "stopped"> | "name" };

/**
 * The button that starts a passkey or security-key ceremony, on a press and never by itself. The answer goes into the form and
 * the form to the wire, like any other. Without script a sentence stands in its place.
 */
export function KeyButton(props: KeyButtonProps) {
  const { id, words, children, tone = "primary", wide = false, submits = false, form, lastUsed = null } = props;
  const hydrated = useHydrated();
  const button = useRef<HTMLButtonElement>(null);
  const added = useRef<readonly HTMLInputElement[]>([]);
  const [stage, setStage] = useState<Stage>({ kind: "idle" });
  const send = (answer: string): void => {
    const owner = button.current?.form;
    if (!owner) return;
    setStage({ kind: "sent" });
    announce(words.checking);
    added.current = sendAnswer(owner, { method: props.method, [props.answerField]: answer });
  };
  const listenAgain = useAutofill(props.autofill === true && hydrated ? props.options : null, send);
  useEffect(() => {
    // A page that comes back from the browser's memory can be used again, by any of its buttons.
    const reset = (event: PageTransitionEvent): void => {
      if (!event.persisted) return;
      for (const field of added.current) field.remove();
      setStage({ kind: "idle" });
    };
    window.addEventListener("pageshow", reset);
    return () => { window.removeEventListener("pageshow", reset); };
  }, []);
  const start = async (): Promise<void> => {
    const owner = button.current?.form;
    if (!owner || stage.kind === "waiting" || stage.kind === "sent") return;
    if (props.needs !== undefined && valueOf(owner, props.needs) === "") {
      const field = owner.elements.namedItem(props.needs);
      if (field instanceof HTMLInputElement) field.focus();
      setStage({ kind: "problem", problem: "name" });
      return;
    }
    if (!browserSupportsWebAuthn()) {
      setStage({ kind: "problem", problem: "unsupported" });
      return;
    }
    setStage({ kind: "waiting" });
    announce(words.waiting);
    try {
      send(props.kind === "use" ? await signWithKey(props.options, false) : await makeKey(props.options, owner));
    } catch (error) {
      const problem = problemOf(error);
      setStage(problem === "stopped" ? { kind: "idle" } : { kind: "problem", problem });
      button.current?.focus();
      listenAgain();
    }
  };
  const busy = stage.kind === "waiting" || stage.kind === "sent";
  const problem = stage.kind === "problem" ? stage.problem : null;
  const problemId = `${id}-problem`;
  const badgeId = `${id}-last-used`;
  const described = [...(lastUsed === null ? [] : [badgeId]), ...(problem === null ? [] : [problemId])].join(" ");
  return (
    <div className="space-y-3">
      {!hydrated && (
        <div className="late flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-2">
          <p>{words.scriptNeeded}</p>
          {lastUsed !== null && <LastUsedBadge words={lastUsed} />}
        </div>
      )}
      {hydrated && (
        <LastUsed id={badgeId} words={lastUsed}>
          <button ref={button} id={id} type={submits ? "submit" : "button"} form={form} aria-disabled={busy}
            aria-describedby={described === "" ? undefined : described} className={`button button-${tone} ${wide ? "w-full" : ""}`}
            onClick={(event) => { event.preventDefault(); void start(); }}>
            <span className="inline-flex items-center justify-center gap-2.5">{children}</span>
          </button>
        </LastUsed>
      )}
      {stage.kind === "waiting" && (
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 rounded-control bg-sunken ps-3.5 pe-1.5 py-1.5">
          <p>{words.waiting}</p>
          <button type="button" className="button button-quiet" onClick={() => { WebAuthnAbortService.cancelCeremony(); }}>{words.cancel}</button>
        </div>
      )}
      {stage.kind === "sent" && <p className="text-sm text-ink-2">{words.checking}</p>}
      {problem !== null && (
        <div role="alert">
          <Notice tone={problem === "cancelled" ? "info" : "attention"} id={problemId}>
            <p>{problem === "name" ? words.nameFirst : words.problems[problem]}</p>
          </Notice>
          {problem !== "cancelled" && <ErrorTitle title={words.errorTitle} />}
        </div>
      )}
    </div>
  );
}

/** As a native form post. Hidden fields that are there take the value; the others are added, and answered. */
function sendAnswer(form: HTMLFormElement, fields: Readonly<Record<string, string>>): readonly HTMLInputElement[] {
  const added = Object.entries(fields).flatMap(([name, value]) => {
    const known = form.elements.namedItem(name);
    if (known instanceof HTMLInputElement && known.type === "hidden") {
      known.value = value;
      return [];
    }
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    form.append(field);
    return [field];
  });
  form.submit();
  return added;
}
