import type { Translator } from "@/lib/i18n/text";
import { isTextKey } from "@/lib/i18n/text";
import type { SimulateChoices } from "./simulate-view";
import { AREAS } from "./simulate-view";

interface SimulateFormProps {
  readonly href: string;
  readonly choices: SimulateChoices;
  readonly firstFactors: readonly string[];
  readonly secondFactors: readonly string[];
  readonly operations: readonly string[];
  readonly hasDraft: boolean;
  readonly text: Translator;
}

/** Somebody, somewhere, under some policy. Asks by GET: an answer is an address that can be sent on. */
export function SimulateForm({ href, choices, firstFactors, secondFactors, operations, hasDraft, text }: SimulateFormProps) {
  const { t } = text;
  const method = (name: string): string => {
    const key = `method.${name}`;
    return isTextKey(key) ? t(key) : name;
  };
  return (
    <form method="get" action={href} className="card space-y-6 p-5">
      <fieldset className="min-w-0 space-y-4">
        <legend className="text-lg font-bold">{t("console.simulate.who")}</legend>
        <div className="space-y-1.5">
          <label htmlFor="person" className="block text-sm font-semibold">{t("console.simulate.person")}</label>
          <p id="person-hint" className="text-sm text-ink-2">{t("console.simulate.personHint")}</p>
          <input id="person" name="person" defaultValue={choices.person} aria-describedby="person-hint" autoComplete="off" autoCapitalize="off" spellCheck={false} dir="ltr" className="field" />
        </div>
        <div className="grid gap-4 md:grid-cols-3">
          <Select id="first" label={t("console.simulate.first")} value={choices.first} options={firstFactors.map((name) => [name, method(name)])} />
          <Select id="level" label={t("console.simulate.level")} value={choices.level}
            options={[["none", t("console.simulate.level.none")], ["aal1", t("console.simulate.level.aal1")], ["aal2", t("console.simulate.level.aal2")]]} />
          <div className="space-y-1.5">
            <label htmlFor="minutes" className="block text-sm font-semibold">{t("console.simulate.minutes")}</label>
            <input id="minutes" name="minutes" defaultValue={choices.minutes} inputMode="decimal" dir="ltr" autoComplete="off" className="field tabular-nums" />
          </div>
        </div>
        <fieldset className="min-w-0">
          <legend className="text-sm font-semibold">{t("console.simulate.second")}</legend>
          <div className="flex flex-wrap gap-x-5">
            {secondFactors.map((name) => (
              <p key={name} className="flex min-h-11 items-center gap-2">
                <input type="checkbox" id={`second-${name}`} name="second" value={name} defaultChecked={choices.second.includes(name)} className="size-5 accent-accent" />
                <label htmlFor={`second-${name}`}>{method(name)}</label>
              </p>
            ))}
          </div>
        </fieldset>
      </fieldset>
      <fieldset className="min-w-0 space-y-4">
        <legend className="text-lg font-bold">{t("console.simulate.where")}</legend>
        <div className="grid gap-4 md:grid-cols-2">
          <Select id="area" label={t("console.simulate.area")} value={choices.area} options={AREAS.map((area) => [area, t(`console.area.${area}`, { name: "" })])} />
          <div className="space-y-1.5">
            <label htmlFor="where" className="block text-sm font-semibold">{t("console.simulate.pathOrOperation")}</label>
            <input id="where" name="where" defaultValue={choices.where} list="operations" placeholder="/payment" autoComplete="off" spellCheck={false} dir="ltr" className="field" />
            <datalist id="operations">{operations.map((name) => <option key={name} value={name} />)}</datalist>
          </div>
          <Select id="policy" label={t("console.simulate.policy")} value={choices.policy}
            options={[["live", t("console.simulate.policy.live")], ...(hasDraft || choices.policy === "draft" ? [["draft", t("console.simulate.policy.draft")] as const] : []), ["revision", t("console.simulate.policy.revision")]]} />
          <div className="space-y-1.5">
            <label htmlFor="revision" className="block text-sm font-semibold">{t("console.simulate.revisionNumber")}</label>
            <input id="revision" name="revision" defaultValue={choices.revision} inputMode="numeric" dir="ltr" autoComplete="off" className="field tabular-nums" />
          </div>
        </div>
      </fieldset>
      <button type="submit" name="ask" value="1" className="button button-primary max-sm:w-full">{t("console.simulate.ask")}</button>
    </form>
  );
}

function Select({ id, label, value, options }: { readonly id: string; readonly label: string; readonly value: string; readonly options: readonly (readonly [string, string])[] }) {
  return (
    <div className="min-w-0 space-y-1.5">
      <label htmlFor={id} className="block text-sm font-semibold">{label}</label>
      <select id={id} name={id} defaultValue={value} className="field">
        {options.map(([name, words]) => <option key={name} value={name}>{words}</option>)}
      </select>
    </div>
  );
}
