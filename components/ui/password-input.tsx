"use client";

import type { InputHTMLAttributes } from "react";
import { useState } from "react";
import { useHydrated } from "./use-hydrated";

export interface PasswordWords {
  readonly show: string;
  readonly hide: string;
  readonly capsLock: string;
}

/** A password field with a toggle to read it and a word when caps lock is on. Without script, a plain password field. */
export function PasswordInput({ words, id, ...rest }: InputHTMLAttributes<HTMLInputElement> & { readonly id: string; readonly words: PasswordWords }) {
  const hydrated = useHydrated();
  const [shown, setShown] = useState(false);
  const [caps, setCaps] = useState(false);
  return (
    <div>
      <div className="relative">
        <input {...rest} id={id} type={shown ? "text" : "password"} autoCapitalize="off" autoCorrect="off" spellCheck={false} dir="ltr"
          className="field pe-14"
          onKeyUp={(event) => { setCaps(event.getModifierState("CapsLock")); }}
          onBlur={() => { setCaps(false); }} />
        {hydrated && (
          <button type="button" aria-pressed={shown} aria-label={words.show} aria-controls={id}
            className="absolute inset-y-0.5 end-0.5 w-11 cursor-pointer rounded-control text-ink-2 hover:text-ink"
            onClick={() => { setShown(!shown); }}>
            <Eye open={shown} />
          </button>
        )}
      </div>
      <p role="status" className="mt-1 text-sm text-warn empty:hidden">{caps ? words.capsLock : ""}</p>
    </div>
  );
}

function Eye({ open }: { readonly open: boolean }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round"
      aria-hidden="true" focusable="false" className="mx-auto size-5">
      <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" />
      <circle cx="12" cy="12" r="3" />
      {!open && <path d="M4 20L20 4" />}
    </svg>
  );
}
