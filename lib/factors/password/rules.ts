/** Longer input is refused before anything is hashed (security.md 5.1). */
export const PASSWORD_MAX_BYTES = 1024;
/** Two words this close, or sharing more than half of the password, count as similar. Kratos uses the same two numbers. */
const MIN_EDIT_DISTANCE = 5;
const MAX_SHARED_PART = 0.5;
/** A shorter name or local part says nothing about a password that happens to contain it. */
const MIN_WORD_CHARACTERS = 4;

export interface PasswordRules {
  readonly minLength: number;
  /** Refuse what resembles an identifier. */
  readonly identifierSimilarityCheck: boolean;
  /** Refuse what is listed as known or compromised. */
  readonly blocklist: boolean;
}

export interface PasswordContext {
  /** E-mail addresses, names: what signs the person in. */
  readonly identifiers: readonly string[];
  readonly serviceName: string;
  isListed(password: string): boolean;
}

export type PasswordVerdict =
  | { readonly kind: "ok"; readonly password: string }
  | { readonly kind: "missing" }
  | { readonly kind: "too_short"; readonly minLength: number; readonly actualLength: number }
  /** Both in bytes. */
  | { readonly kind: "too_long"; readonly maxLength: number; readonly actualLength: number }
  | { readonly kind: "control_character" }
  | { readonly kind: "similar" }
  | { readonly kind: "service_name" }
  | { readonly kind: "listed" };

/** As typed or as hashed (NFC can be the longer one). */
export function isOverlong(typed: string): boolean {
  return byteLength(typed) > PASSWORD_MAX_BYTES;
}

function byteLength(typed: string): number {
  return Math.max(Buffer.byteLength(typed, "utf8"), Buffer.byteLength(typed.normalize("NFC"), "utf8"));
}

/**
 * May this become somebody's password? Pure. No composition rules, no rotation; blanks count, also at the ends.
 *
 * Order: 1 missing · 2 more than 1,024 bytes · 3 control characters · 4 fewer code points than the minimum ·
 *        5 like an identifier · 6 like the service's name · 7 listed, also with the local part attached.
 */
export function judgePassword(typed: string, rules: PasswordRules, context: PasswordContext): PasswordVerdict {
  if (typed === "") return { kind: "missing" };
  if (isOverlong(typed)) return { kind: "too_long", maxLength: PASSWORD_MAX_BYTES, actualLength: byteLength(typed) };
  // Counted, compared and hashed in this form: composed and decomposed accents are one password.
  const password = typed.normalize("NFC");
  if (/\p{Cc}/u.test(password)) return { kind: "control_character" };
  const actualLength = Array.from(password).length;
  if (actualLength < rules.minLength) return { kind: "too_short", minLength: rules.minLength, actualLength };
  if (rules.identifierSimilarityCheck && wordsOf(context.identifiers).some((word) => isSimilar(password, word))) {
    return { kind: "similar" };
  }
  if (rules.identifierSimilarityCheck && isSimilar(password, context.serviceName)) return { kind: "service_name" };
  if (rules.blocklist && isListedAnyhow(password, context)) return { kind: "listed" };
  return { kind: "ok", password };
}

/** Identifiers, and the part of each before the at sign. */
function wordsOf(identifiers: readonly string[]): readonly string[] {
  return identifiers.flatMap((identifier) => [identifier, localPart(identifier)]);
}

function localPart(identifier: string): string {
  return identifier.split("@", 1)[0] ?? identifier;
}

/** The word or its reverse, in any letter case, a few edits away or making up more than half of the password. */
function isSimilar(password: string, word: string): boolean {
  const written = Array.from(fold(password));
  const letters = Array.from(fold(word));
  if (letters.length < MIN_WORD_CHARACTERS) return false;
  return [letters, letters.toReversed()].some((candidate) =>
    editDistance(written, candidate) < MIN_EDIT_DISTANCE
    || longestSharedPart(written, candidate) > written.length * MAX_SHARED_PART);
}

/** A listed word stays listed with the person's local part stuck to either end: `sunshine` + `ada`. */
function isListedAnyhow(password: string, context: PasswordContext): boolean {
  if (context.isListed(password)) return true;
  const written = fold(password);
  return context.identifiers.map((identifier) => fold(localPart(identifier))).some((local) => {
    if (local === "") return false;
    const rest = [
      ...(written.endsWith(local) ? [written.slice(0, -local.length)] : []),
      ...(written.startsWith(local) ? [written.slice(local.length)] : []),
    ];
    return rest.some((part) => context.isListed(part));
  });
}

function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** Levenshtein, one row at a time. */
function editDistance(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? a.length;
}

/** Length of the longest run of characters that occurs in both. */
function longestSharedPart(a: readonly string[], b: readonly string[]): number {
  let longest = 0;
  let row: readonly number[] = [];
  for (const letter of a) {
    const above = row;
    row = b.map((other, j) => (letter === other ? (above[j - 1] ?? 0) + 1 : 0));
    longest = Math.max(longest, ...row);
  }
  return longest;
}
