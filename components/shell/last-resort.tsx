"use client";

import { useSyncExternalStore } from "react";
import { PlainLink } from "@/components/ui/plain-link";
import { lastWords } from "./last-words";

const never = (): (() => void) => () => undefined;

/** The page when rendering failed: what happened, again, and home. The digest is the number our log knows it by. */
export function LastResort({ digest, retry }: { readonly digest: string | undefined; readonly retry: () => void }) {
  const language = useSyncExternalStore(never, () => document.documentElement.lang, () => "en");
  const words = lastWords(language);
  return (
    <main data-testid="screen-broken" className="mx-auto max-w-[26rem] px-4 py-12">
      <title>{`${words.title} · Rung`}</title>
      <div className="card space-y-5 p-6">
        <h1 className="text-2xl font-bold">{words.title}</h1>
        <p className="text-ink-2">{words.text}</p>
        <button type="button" className="button button-primary w-full" onClick={retry}>{words.again}</button>
        <PlainLink href="/" className="button button-secondary w-full">{words.home}</PlainLink>
        {digest !== undefined && <p className="code text-sm text-ink-3"><bdi dir="ltr">{digest}</bdi></p>}
      </div>
    </main>
  );
}
