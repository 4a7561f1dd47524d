import { formatDuration, parseDurationMs } from "../config/durations";
import { printYaml } from "../config/yaml";
import type { FactorId, RequiredAal } from "../model/assurance";
import type { CardExport, EnrolmentChoice, MethodSwitches, OperationRule, PathRule, SwitchedFactor } from "../model/console";
import type { JsonObject, JsonValue } from "../model/identity";
import type { EnforcementModel } from "../model/policy";
import { requiredAalOf } from "../policy/enforcement";
import { same } from "../platform/merge";
import { maskSecrets } from "../platform/sealed-config";

/* Between the forms of the console and a project's document. Every writer leaves alone what already says the same. */

export interface TwoFactorInput {
  readonly signIn: EnforcementModel;
  readonly settings: EnforcementModel;
  readonly protectedPaths: readonly PathRule[];
  /** Absent: as they are. */
  readonly operations?: readonly OperationRule[];
  readonly enrolment?: EnrolmentChoice;
  readonly comment: string;
}
export interface MethodsInput extends MethodSwitches {
  readonly windowMinutes: number;
  readonly lifespanHours: number;
  readonly comment: string;
}

const TWO_WEEKS_DAYS = 14;
/** Of `2027-01-01`. */
const DAY_LENGTH = 10;

export function withTwoFactor(document: JsonObject, input: TwoFactorInput): JsonObject {
  let next = put(document, "session.whoami.required_aal", requiredAalOf(input.signIn), "highest_available");
  next = put(next, "selfservice.flows.settings.required_aal", requiredAalOf(input.settings), "highest_available");
  const known = listAt(document, "rung.protected_paths").filter(isObject);
  next = put(next, "rung.protected_paths", input.protectedPaths.map(({ prefix, requiredAal, maxAgeSeconds }) => {
    const old = known.find((rule) => rule["prefix"] === prefix) ?? {};
    return { ...requirement(old, requiredAal, maxAgeSeconds), prefix };
  }), []);
  if (input.operations !== undefined) {
    const old = objectAt(document, "rung.operations");
    next = put(next, "rung.operations", Object.fromEntries(input.operations.map(({ name, requiredAal, maxAgeSeconds, methods }) => {
      const rule = old[name];
      const { methods: _methods, ...rest } = requirement(isObject(rule) ? rule : {}, requiredAal, maxAgeSeconds);
      return [name, { ...rest, ...(methods.length === 0 ? {} : { methods: [...methods] }) }];
    })), {});
  }
  if (input.enrolment === undefined) return next;
  const was = enrolmentOf(document);
  // The form knows days: the hour that somebody wrote into the document stays.
  const enrolment = was.from !== "" && input.enrolment.from === `${was.from.slice(0, DAY_LENGTH)}T00:00:00Z` ? { ...input.enrolment, from: was.from } : input.enrolment;
  return same({ ...was }, { ...enrolment }) ? next : put(next, "rung.enrolment", enrolmentDocument(enrolment), {});
}

/** A rule's other members stay; an age that means the same stays as it was written. */
function requirement(old: JsonObject, requiredAal: RequiredAal, maxAgeSeconds: number | null): JsonObject {
  const { max_age: age, ...kept } = old;
  const ms = maxAgeSeconds === null ? null : maxAgeSeconds * 1_000;
  const written = typeof age === "string" && parseDurationMs(age) === ms ? age : formatDuration(ms ?? 0);
  return { ...kept, required_aal: requiredAal, ...(ms === null ? {} : { max_age: written }) };
}

/** `rung.enrolment` of a document as the four choices of the page. */
export function enrolmentOf(document: JsonObject): EnrolmentChoice {
  const enrolment = objectAt(document, "rung.enrolment");
  const prompt = objectAt(document, "rung.enrolment.prompt");
  const told = prompt["mode"];
  const mode = enrolment["mode"] ?? (told === "require-now" ? "required" : told === "require-by" ? "required-from-date" : "optional");
  const everyDays = typeof prompt["every_days"] === "number" ? prompt["every_days"] : TWO_WEEKS_DAYS;
  const suggests = told === "suggest-once" || told === "suggest-every";
  const base = { from: "", everyDays: TWO_WEEKS_DAYS } as const;
  if (mode === "required") return { ...base, mode: "now", notice: told === "off" ? "none" : "wall" };
  if (mode === "required-from-date") {
    const from = typeof enrolment["from"] === "string" ? enrolment["from"] : "";
    return { everyDays: told === "suggest-every" ? everyDays : TWO_WEEKS_DAYS, from, mode: "date", notice: told === "off" ? "none" : told === "suggest-once" ? "once" : told === "suggest-every" ? "every" : "wall" };
  }
  if (mode !== "nudge" && !suggests) return { ...base, mode: "off", notice: "none" };
  const notice = told === "off" ? "none" : told === "suggest-once" ? "once" : "every";
  return { mode: "suggest", from: "", notice, everyDays: notice === "every" ? everyDays : TWO_WEEKS_DAYS };
}

function enrolmentDocument({ mode, from, notice, everyDays }: EnrolmentChoice): JsonObject {
  const prompt: JsonObject = notice === "none" ? { mode: "off" } : notice === "once" ? { mode: "suggest-once" } : { every_days: everyDays, mode: "suggest-every" };
  switch (mode) {
    case "off": return { mode: "optional" };
    case "suggest": return { mode: "nudge", prompt: notice === "wall" ? { every_days: everyDays, mode: "suggest-every" } : prompt };
    case "date": return { mode: "required-from-date", from, ...(notice === "wall" ? {} : { prompt }) };
    case "now": return { mode: "required", ...(notice === "none" ? { prompt: { mode: "off" } } : {}) };
  }
}

const METHODS = "selfservice.methods";

export function withMethods(document: JsonObject, input: MethodsInput): JsonObject {
  let next = document;
  const set = (path: string, value: JsonValue, otherwise: JsonValue): void => {
    next = put(next, path, value, otherwise);
  };
  set(`${METHODS}.password.enabled`, input.password, true);
  set(`${METHODS}.totp.enabled`, input.totp, false);
  set(`${METHODS}.totp.config.issuer`, input.issuer, "");
  set(`${METHODS}.lookup_secret.enabled`, input.lookupSecret, false);
  set(`${METHODS}.webauthn.enabled`, input.webauthn !== "off", false);
  if (input.webauthn !== "off") set(`${METHODS}.webauthn.config.passwordless`, input.webauthn === "first", false);
  set(`${METHODS}.webauthn.config.rp.id`, input.webauthnRpId, "");
  set(`${METHODS}.passkey.enabled`, input.passkey, false);
  set(`${METHODS}.passkey.config.aal2_on_user_verification`, input.passkeyCounts, false);
  set(`${METHODS}.passkey.config.rp.id`, input.passkeyRpId, "");
  if (input.code !== "off") set(`${METHODS}.code.enabled`, true, true);
  set(`${METHODS}.code.mfa_enabled`, input.code === "second", false);
  set(`${METHODS}.code.passwordless_enabled`, input.code === "first", false);
  next = putDuration(next, "selfservice.flows.settings.privileged_session_max_age", input.windowMinutes * 60_000, 3_600_000);
  return putDuration(next, "session.lifespan", input.lifespanHours * 3_600_000, 86_400_000);
}

/** Minutes and hours go through a form as decimals: 65 seconds come back as 64.99999999999999. */
function putDuration(document: JsonObject, path: string, exactMs: number, otherwiseMs: number): JsonObject {
  const ms = Math.round(exactMs);
  const old = valueAt(document, path);
  const now = typeof old === "string" ? parseDurationMs(old) : otherwiseMs;
  return now === ms ? document : put(document, path, formatDuration(ms), "");
}

/** The value at a dotted path, where it does not already say the same. Empty text takes the key away: its default then counts. */
function put(document: JsonObject, path: string, value: JsonValue, otherwise: JsonValue): JsonObject {
  return same(valueAt(document, path) ?? otherwise, value) ? document : putAt(document, path.split("."), value === "" ? undefined : value);
}

function putAt(document: JsonObject, [head, ...rest]: readonly string[], value: JsonValue | undefined): JsonObject {
  if (head === undefined) return document;
  const { [head]: old, ...others } = document;
  if (rest.length > 0) return { ...document, [head]: putAt(isObject(old) ? old : {}, rest, value) };
  return value === undefined ? others : { ...others, [head]: value };
}

/** One card's keys, to show as YAML and to set from a command line. Secrets are dots. */
export const CARD_KEYS = {
  enforcement: ["session.whoami.required_aal", "selfservice.flows.settings.required_aal"],
  enrolment: ["rung.enrolment"],
  paths: ["rung.protected_paths"],
  operations: ["rung.operations"],
  methods: ["password.enabled", "totp.enabled", "lookup_secret.enabled", "webauthn.enabled", "passkey.enabled", "code.mfa_enabled", "code.passwordless_enabled"].map((key) => `${METHODS}.${key}`),
  freshness: ["selfservice.flows.settings.privileged_session_max_age", "session.lifespan"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type CardName = keyof typeof CARD_KEYS;

export function exportOf(document: JsonObject, slug: string, card: CardName): CardExport {
  const shown = maskSecrets(document);
  const values = CARD_KEYS[card].flatMap((path) => {
    const value = valueAt(shown, path);
    return value === undefined ? [] : [[path, value] as const];
  });
  const yaml = printYaml(values.reduce<JsonObject>((tree, [path, value]) => putAt(tree, path.split("."), value), {}));
  const flags = values.map(([path, value]) => ` \\\n  --replace ${quoted(`/${path.replaceAll(".", "/")}=${JSON.stringify(value)}`)}`);
  return { yaml, command: `rung patch identity-config --project ${slug}${flags.join("")}` };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export function valueAt(document: JsonObject, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const key of path.split(".")) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function objectAt(document: JsonObject, path: string): JsonObject {
  const value = valueAt(document, path);
  return isObject(value) ? value : {};
}

function listAt(document: JsonObject, path: string): readonly JsonValue[] {
  const value = valueAt(document, path);
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The methods of an operation's rule that exist. */
export const OPERATION_METHODS: readonly FactorId[] = ["password", "oidc", "totp", "webauthn", "passkey", "lookup_secret", "code"];
/** Factors whose owners the page counts. */
export const FACTORS_OF_PAGE = ["password", "totp", "lookup_secret", "webauthn", "passkey", "code"] as const satisfies readonly SwitchedFactor[];
