import type { EnrolmentPolicy } from "../model/policy";
import type { EnrolmentPromptConfig, MethodConfig } from "../model/project";
import { isInstant } from "../model/time";
import { secondFactors } from "./methods";
import type { Reader } from "./reader";

type WallMode = EnrolmentPolicy["mode"];
type PromptMode = EnrolmentPromptConfig["mode"];

const AT = "rung.enrolment";
const TWO_WEEKS_DAYS = 14;
/** The wall that a prompt stands for when no wall is named, and the prompt that comes with a wall when no prompt is. */
const WALL_OF: Readonly<Record<PromptMode, WallMode>> = {
  "off": "optional", "suggest-once": "optional", "suggest-every": "optional", "require-by": "required-from-date", "require-now": "required",
};
const PROMPT_OF: Readonly<Record<WallMode, PromptMode>> = {
  "optional": "off", "nudge": "suggest-every", "required-from-date": "require-by", "required": "require-now",
};
/** Which prompts a wall can have: a page that says "not now" before a wall that says "now" would be a lie. */
const FITTING: Readonly<Record<WallMode, readonly PromptMode[]>> = {
  "optional": ["off", "suggest-once", "suggest-every"], "nudge": ["off", "suggest-once", "suggest-every"],
  "required-from-date": ["off", "suggest-once", "suggest-every", "require-by"], "required": ["off", "require-now"],
};

/** `rung.enrolment.mode` and `.from`: from when on nobody passes without a second factor. */
export function enrolmentPolicy(reader: Reader, methods: MethodConfig): EnrolmentPolicy {
  const mode = wallMode(reader);
  const from = reader.text(`${AT}.from`);
  const named = reader.text(`${AT}.mode`) === undefined ? `${AT}.prompt.mode` : `${AT}.mode`;
  if ((mode === "required" || mode === "required-from-date") && secondFactors(methods).length === 0) {
    const reason = "while no second factor is enabled: everybody would be shut out. Enable totp, for one.";
    reader.refuse(named, `must not be "${reader.text(named) ?? mode}" ${reason}`);
  }
  if (mode === "required-from-date") {
    const at = new Date(from ?? Number.NaN);
    if (!isInstant(at)) {
      reader.refuse(`${AT}.from`, "must be an instant such as \"2027-01-01T00:00:00Z\" with the mode required-from-date.");
    }
    return { mode, from: at };
  }
  if (from !== undefined) reader.refuse(`${AT}.from`, `has no meaning with the mode "${mode}"; use "required-from-date", or leave it out.`);
  return { mode };
}

/** `rung.enrolment.prompt`: how people are asked after a success (ux.md 2.14). */
export function enrolmentPrompt(reader: Reader): EnrolmentPromptConfig {
  const wall = wallMode(reader);
  const mode = promptMode(reader) ?? PROMPT_OF[wall];
  if (!FITTING[wall].includes(mode)) {
    reader.refuse(`${AT}.prompt.mode`, `does not fit the mode "${wall}".`, FITTING[wall]);
  }
  if (mode !== "suggest-every" && reader.at(`${AT}.prompt.every_days`) !== undefined) {
    reader.refuse(`${AT}.prompt.every_days`, "has a meaning with the mode \"suggest-every\" only.");
  }
  return { mode, everyDays: reader.number(`${AT}.prompt.every_days`, TWO_WEEKS_DAYS) };
}

function wallMode(reader: Reader): WallMode {
  const named = reader.text(`${AT}.mode`);
  if (named === "nudge" || named === "required" || named === "required-from-date" || named === "optional") return named;
  const prompt = promptMode(reader);
  return prompt === null ? "optional" : WALL_OF[prompt];
}

function promptMode(reader: Reader): PromptMode | null {
  const named = reader.text(`${AT}.prompt.mode`);
  return named !== undefined && Object.hasOwn(WALL_OF, named) ? (named as PromptMode) : null;
}
