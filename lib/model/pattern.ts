import { RE2JS } from "re2js";

/**
 * Patterns that somebody else wrote: in identity schemas, in the globs of a configuration. They run in RE2, whose time grows with the
 * length of the text and never explodes, as in Kratos (Go's regexp is RE2 too). The engine of JavaScript would let one pattern
 * such as `^(a+)+$` hold up the whole process. RE2 reads code points, as JavaScript does with its `u` flag.
 */
export interface Pattern {
  /** Whether the text holds a match anywhere. */
  test(text: string): boolean;
}
export type CompiledPattern =
  /** `steps`: instructions; a text of n characters costs n times so many at most. */
  | { readonly ok: true; readonly pattern: Pattern; readonly steps: number }
  | { readonly ok: false; readonly reason: string };

export const MAX_PATTERN_CHARACTERS = 1_000;
/** Patterns of one schema. */
export const MAX_PATTERNS = 200;
const MAX_STEPS = 10_000;
/** Steps times characters of one value under all patterns of its schema: linear is not short, and nobody else has a turn meanwhile. Half a second at worst. */
export const MAX_WORK = 2_500_000;
const SHOWN = 60;
const NOT_LINEAR = "cannot be used: look-around, back-references and what else RE2 does not know are not evaluated";

/** Reads JavaScript's spelling where the two differ (`\u0041`, named groups). `reason` goes on after "the pattern … ". */
export function compilePattern(source: string, longest: number = MAX_PATTERN_CHARACTERS): CompiledPattern {
  if (source.length > longest) return { ok: false, reason: `is longer than ${String(longest)} characters` };
  // The translation would read a back-reference by name as a plain letter.
  if (/(^|[^\\])(\\\\)*\\k/.test(source)) return { ok: false, reason: NOT_LINEAR };
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
    const steps = compiled.programSize();
    if (steps > MAX_STEPS) return { ok: false, reason: "repeats too much; every text would take too long" };
    return { ok: true, pattern: { test: (text) => compiled.test(text) }, steps };
  } catch {
    return { ok: false, reason: NOT_LINEAR };
  }
}

/** What many values may cost together, in steps times characters; each takes from it what was done for it. Below zero: one was refused. */
export interface PatternBudget {
  left: number;
}

/** The engine that ajv is given as `code.regExp`, for one schema. */
export interface PatternEngine {
  readonly regExp: { (source: string, flags: string): Pattern; code: string };
  /** What was wrong with patterns of the schema, as sentences; each text that one of these judged matched nothing. */
  readonly faults: readonly string[];
  /** A new value, which may cost `MAX_WORK`, and what is left of the budget that it shares with others. */
  begin(shared?: PatternBudget): void;
  /** Whether, since `begin`, a pattern at fault was asked, or more work than the value may cost. Either matched nothing. */
  blamed(): boolean;
}

/** Never throws: a pattern at fault matches nothing, and is remembered; so does every pattern once the work is too much. */
export function patternEngine(): PatternEngine {
  const faults: string[] = [];
  const seen = new Map<string, Pattern>();
  let asked = false;
  let work = 0;
  let budget: PatternBudget | null = null;
  const affordable = (cost: number): boolean => {
    work += cost;
    if (work > MAX_WORK) return false;
    if (budget !== null) budget.left -= cost;
    return budget === null || budget.left >= 0;
  };
  const compile = (source: string): Pattern => {
    const compiled = seen.size >= MAX_PATTERNS ? { ok: false as const, reason: `is one too many: a schema has at most ${String(MAX_PATTERNS)}` } : compilePattern(source);
    if (!compiled.ok) faults.push(`the pattern ${JSON.stringify(source.length > SHOWN ? `${source.slice(0, SHOWN)}…` : source)} ${compiled.reason}`);
    const test = (text: string): boolean => {
      if (compiled.ok && affordable(compiled.steps * text.length)) return compiled.pattern.test(text);
      asked = true;
      return false;
    };
    // ajv tells patterns apart by how they print.
    return Object.assign(Object.create({ toString: () => source }) as object, { test });
  };
  const regExp = (source: string): Pattern => {
    const known = seen.get(source) ?? compile(source);
    seen.set(source, known);
    return known;
  };
  return {
    regExp: Object.assign(regExp, { code: "linear" }), faults,
    begin(shared) {
      asked = false;
      work = 0;
      budget = shared ?? null;
    },
    blamed: () => asked,
  };
}
