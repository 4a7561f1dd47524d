import type { EnrolmentChoice } from "@/lib/model/console";
import type { EnrolmentRow } from "./two-factor-view";
import { ENROLMENT_MODES, ENROLMENT_NOTICES } from "./two-factor-view";

export interface EnrolmentWords {
  readonly legend: string;
  readonly intro: string;
  readonly modes: Readonly<Record<EnrolmentChoice["mode"], { readonly title: string; readonly text: string }>>;
  readonly from: string;
  readonly notice: string;
  readonly notices: Readonly<Record<EnrolmentChoice["notice"], string>>;
  readonly everyDays: string;
}
const WIRE: Readonly<Record<EnrolmentChoice["mode"], string>> = { off: "optional", suggest: "nudge", date: "required-from-date", now: "required" };

/** Whether people are asked to own a second factor, from when on they must, and how they are told. */
export function EnrolmentCard({ row, words }: { readonly row: EnrolmentRow; readonly words: EnrolmentWords }) {
  return (
    <fieldset className="card min-w-0 p-5">
      <legend className="float-start mb-1 w-full text-lg font-bold">{words.legend}</legend>
      <p className="clear-both mb-3 text-ink-2">{words.intro}</p>
      <div className="grid gap-3 md:grid-cols-2">
        {ENROLMENT_MODES.map((mode) => (
          <div key={mode} className="relative flex gap-3 rounded-control border border-edge p-4 hover:bg-sunken has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent">
            <input type="radio" id={`enrolment-${mode}`} name="enrolment" value={mode} defaultChecked={row.mode === mode} aria-describedby={`enrolment-${mode}-about`}
              className="mt-0.5 size-5 shrink-0 accent-accent outline-none" />
            <div className="min-w-0">
              <label htmlFor={`enrolment-${mode}`} className="cursor-pointer font-semibold after:absolute after:inset-0">{words.modes[mode].title}</label>
              <div id={`enrolment-${mode}-about`}>
                <p className="text-ink-2">{words.modes[mode].text}</p>
                <code dir="ltr" className="mt-1 block text-xs text-ink-3">rung.enrolment.mode = {WIRE[mode]}</code>
              </div>
            </div>
          </div>
        ))}
      </div>
      <div className="mt-4 grid gap-4 md:grid-cols-3">
        <div className="space-y-1.5">
          <label htmlFor="enrolment-from" className="block text-sm font-semibold">{words.from}</label>
          <input id="enrolment-from" name="enrolment_from" type="date" defaultValue={row.from} className="field" />
        </div>
        <div className="space-y-1.5">
          <label htmlFor="enrolment-notice" className="block text-sm font-semibold">{words.notice}</label>
          <select id="enrolment-notice" name="enrolment_notice" defaultValue={row.notice} className="field">
            {ENROLMENT_NOTICES.map((notice) => <option key={notice} value={notice}>{words.notices[notice]}</option>)}
          </select>
        </div>
        <div className="space-y-1.5">
          <label htmlFor="enrolment-days" className="block text-sm font-semibold">{words.everyDays}</label>
          <input id="enrolment-days" name="enrolment_days" inputMode="numeric" dir="ltr" autoComplete="off" defaultValue={row.everyDays} className="field tabular-nums" />
        </div>
      </div>
    </fieldset>
  );
}
