import type { EnforcementModel } from "@/lib/model/policy";

export interface CardWords {
  readonly legend: string;
  readonly strict: string;
  readonly lax: string;
  readonly strictText: string;
  readonly laxText: string;
  readonly recommended: string;
  readonly looser: string;
}
interface EnforcementCardsProps {
  readonly name: "sign_in" | "settings";
  /** Ory's key, small beside the plain words. */
  readonly configKey: string;
  readonly chosen: EnforcementModel;
  readonly inForce: EnforcementModel;
  readonly words: CardWords;
}
const WIRE_VALUE = { strict: "highest_available", lax: "aal1" } as const satisfies Record<EnforcementModel, string>;

/** Strict or Lax for one area: two radio cards, Strict first. */
export function EnforcementCards({ name, configKey, chosen, inForce, words }: EnforcementCardsProps) {
  return (
    <fieldset className="group card min-w-0 p-5">
      <legend className="float-start mb-3 w-full text-lg font-bold">{words.legend}</legend>
      <div className="clear-both grid gap-3">
        <Choice name={name} value="strict" chosen={chosen} title={words.strict} sentence={words.strictText} configKey={configKey} tag={words.recommended} />
        <Choice name={name} value="lax" chosen={chosen} title={words.lax} sentence={words.laxText} configKey={configKey} />
      </div>
      {inForce === "strict" && (
        <p role="status" className="mt-3 hidden text-sm font-semibold text-loss group-has-[input[value=lax]:checked]:block">{words.looser}</p>
      )}
    </fieldset>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly value: EnforcementModel;
  readonly chosen: EnforcementModel;
  readonly title: string;
  readonly sentence: string;
  readonly configKey: string;
  readonly tag?: string;
}
function Choice({ name, value, chosen, title, sentence, configKey, tag }: ChoiceProps) {
  const id = `${name}-${value}`;
  return (
    <div className="relative flex gap-3 rounded-control border border-edge p-4 hover:bg-sunken has-checked:border-accent has-checked:bg-accent-soft has-checked:outline-1 has-checked:outline-accent has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent">
      <input type="radio" id={id} name={name} value={value} defaultChecked={chosen === value} aria-describedby={`${id}-about`}
        className="mt-0.5 size-5 shrink-0 accent-accent outline-none" />
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2">
          {/* The label covers the whole card. */}
          <label htmlFor={id} className="cursor-pointer font-semibold after:absolute after:inset-0">{title}</label>
          {tag !== undefined && <span className="rounded-full border border-accent/50 px-2 text-xs font-semibold text-accent">{tag}</span>}
        </p>
        <div id={`${id}-about`} className="mt-0.5">
          <p className="text-ink-2">{sentence}</p>
          <code dir="ltr" className="mt-1.5 block text-xs text-ink-3">{configKey} = {WIRE_VALUE[value]}</code>
        </div>
      </div>
    </div>
  );
}
