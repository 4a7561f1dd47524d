"use client";

import type { ReactNode } from "react";
import type { MethodSwitches, SwitchedFactor } from "@/lib/model/console";
import type { MethodsChoices } from "./methods-view";
import type { PolicyFormPlace, PolicyFormWords } from "./policy-form";
import { PolicyForm } from "./policy-form";

/** One method: its words, and what stands in its way or comes with it. */
export interface MethodWords {
  readonly title: string;
  readonly text: string;
  readonly owners: string;
  readonly notes: readonly string[];
}
export interface MethodsWords extends PolicyFormWords {
  readonly cards: Readonly<Record<SwitchedFactor, MethodWords>>;
  readonly on: string;
  readonly uses: Readonly<Record<MethodSwitches["code"], string>>;
  readonly use: string;
  readonly issuer: string;
  readonly rpId: string;
  readonly rpIdHint: Readonly<Record<"webauthn" | "passkey", string>>;
  readonly counts: string;
  readonly freshness: { readonly title: string; readonly window: string; readonly windowHint: string; readonly lifespan: string; readonly lifespanHint: string };
  readonly factorsTitle: string;
}
interface MethodsFormProps extends PolicyFormPlace<MethodsChoices> {
  readonly words: MethodsWords;
  /** Nothing can send a code, so codes cannot be switched on. */
  readonly noSender: boolean;
  readonly exports: Readonly<Record<"methods" | "freshness", ReactNode>>;
}

/** Which factors there are and how long a proof counts. Sending it makes a draft and shows its impact. */
export function MethodsForm({ words, noSender, exports, ...place }: MethodsFormProps) {
  const { cards } = words;
  return (
    <PolicyForm {...place} words={words} fields={(shown) => (
      <>
        <h2 className="text-xl font-bold">{words.factorsTitle}</h2>
        <div className="grid gap-4 lg:grid-cols-2">
          <MethodCard name="password" words={cards.password}><Toggle id="method-password" name="password" on={shown.password} label={words.on} of={cards.password.title} /></MethodCard>
          <MethodCard name="totp" words={cards.totp}>
            <Toggle id="method-totp" name="totp" on={shown.totp} label={words.on} of={cards.totp.title} />
            <Text id="issuer" name="issuer" value={shown.issuer} label={words.issuer} />
          </MethodCard>
          <MethodCard name="webauthn" words={cards.webauthn}>
            <Use id="webauthn-use" name="webauthn" value={shown.webauthn} words={words} of={cards.webauthn.title} />
            <Text id="webauthn-rp" name="webauthn_rp_id" value={shown.webauthnRpId} label={words.rpId} hint={words.rpIdHint.webauthn} of={cards.webauthn.title} />
          </MethodCard>
          <MethodCard name="passkey" words={cards.passkey}>
            <Toggle id="method-passkey" name="passkey" on={shown.passkey} label={words.on} of={cards.passkey.title} />
            <Toggle id="passkey-counts" name="passkey_counts" on={shown.passkeyCounts} label={words.counts} />
            <Text id="passkey-rp" name="passkey_rp_id" value={shown.passkeyRpId} label={words.rpId} hint={words.rpIdHint.passkey} of={cards.passkey.title} />
          </MethodCard>
          <MethodCard name="lookup-secret" words={cards.lookup_secret}><Toggle id="method-lookup" name="lookup_secret" on={shown.lookupSecret} label={words.on} of={cards.lookup_secret.title} /></MethodCard>
          <MethodCard name="code" words={cards.code}><Use id="code-use" name="code" value={shown.code} words={words} of={cards.code.title} onlyOff={noSender && shown.code === "off"} /></MethodCard>
        </div>
        {exports.methods}
        <section aria-labelledby="freshness-title" className="card space-y-4 p-5">
          <h2 id="freshness-title" className="text-lg font-bold">{words.freshness.title}</h2>
          <div className="grid gap-4 md:grid-cols-2">
            <Text id="window" name="window_minutes" value={shown.windowMinutes} label={words.freshness.window} hint={words.freshness.windowHint} numeric />
            <Text id="lifespan" name="lifespan_hours" value={shown.lifespanHours} label={words.freshness.lifespan} hint={words.freshness.lifespanHint} numeric />
          </div>
        </section>
        {exports.freshness}
      </>
    )} />
  );
}

function MethodCard({ name, words, children }: { readonly name: string; readonly words: MethodWords; readonly children: ReactNode }) {
  return (
    <section aria-labelledby={`card-${name}`} className="card min-w-0 space-y-3 p-5" data-testid={`method-card-${name}`}>
      <div>
        <h3 id={`card-${name}`} className="text-lg font-bold">{words.title}</h3>
        <p className="text-ink-2">{words.text}</p>
        <p className="text-sm text-ink-3">{words.owners}</p>
      </div>
      {words.notes.length > 0 && (
        <ul className="space-y-1 rounded-control border border-warn-line bg-warn-soft p-3 text-sm">
          {words.notes.map((note) => <li key={note}>{note}</li>)}
        </ul>
      )}
      {children}
    </section>
  );
}

function Toggle({ id, name, on, label, of }: { readonly id: string; readonly name: string; readonly on: boolean; readonly label: string; readonly of?: string }) {
  return (
    <p className="flex min-h-11 items-center gap-3">
      <input type="checkbox" id={id} name={name} value="on" defaultChecked={on} className="size-5 shrink-0 accent-accent" />
      <label htmlFor={id} className="cursor-pointer font-semibold">{label}{of !== undefined && <span className="sr-only">: {of}</span>}</label>
    </p>
  );
}

function Use({ id, name, value, words, of, onlyOff = false }: {
  readonly id: string; readonly name: string; readonly value: MethodSwitches["code"]; readonly words: MethodsWords; readonly of: string; readonly onlyOff?: boolean;
}) {
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block text-sm font-semibold">{words.use}<span className="sr-only">: {of}</span></label>
      <select id={id} name={name} defaultValue={value} className="field">
        {(["off", "second", "first"] as const).map((use) => <option key={use} value={use} disabled={onlyOff && use !== "off"}>{words.uses[use]}</option>)}
      </select>
    </div>
  );
}

function Text({ id, name, value, label, hint, of, numeric = false }: {
  readonly id: string; readonly name: string; readonly value: string; readonly label: string; readonly hint?: string; readonly of?: string; readonly numeric?: boolean;
}) {
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block text-sm font-semibold">{label}{of !== undefined && <span className="sr-only">: {of}</span>}</label>
      {hint !== undefined && <p id={`${id}-hint`} className="text-sm text-ink-2">{hint}</p>}
      <input id={id} name={name} defaultValue={value} maxLength={500} autoComplete="off" spellCheck={false} {...(numeric ? { inputMode: "decimal" as const } : {})}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`} className={`field ${numeric ? "tabular-nums" : ""}`} />
    </div>
  );
}
