/** What a check found, and what to do about it. */
export interface Finding {
  readonly check: string;
  readonly verdict: "ok" | "warn" | "fail";
  readonly found: string;
  /** What to do; null where there is nothing to do. */
  readonly remedy: string | null;
}

export const ok = (check: string, found: string): Finding => ({ check, verdict: "ok", found, remedy: null });
export const warn = (check: string, found: string, remedy: string): Finding => ({ check, verdict: "warn", found, remedy });
export const fail = (check: string, found: string, remedy: string): Finding => ({ check, verdict: "fail", found, remedy });

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
