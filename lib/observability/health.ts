export interface Readiness {
  readonly ready: boolean;
  /** What is wrong, by part; the body of a 503 (contract 1, probes). Words for an operator, no addresses or versions. */
  readonly errors: Readonly<Record<string, string>>;
}

export interface Health {
  /** Asks everything registered. A check that throws or takes longer than `timeoutMs` is an error. */
  readiness(): Promise<Readiness>;
  /** From the first moment of a shutdown the answer is 503, so that nobody sends new requests (security.md X15). */
  startDraining(): void;
  /** Boot is over: until then readiness is 503. */
  markBooted(): void;
}

export type HealthCheck = () => Promise<string | null> | string | null;

/** `checks` answer null when all is well, else a sentence. */
export function createHealth(checks: Readonly<Record<string, HealthCheck>>, timeoutMs: number = 2_000): Health {
  let state: "booting" | "serving" | "draining" = "booting";

  return {
    markBooted() {
      if (state === "booting") state = "serving";
    },
    startDraining() {
      state = "draining";
    },
    async readiness() {
      if (state !== "serving") return { ready: false, errors: { process: state === "booting" ? "starting" : "shutting down" } };
      const answers = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await ask(check, timeoutMs)] as const));
      const errors = Object.fromEntries(answers.filter((answer): answer is readonly [string, string] => answer[1] !== null));
      return { ready: Object.keys(errors).length === 0, errors };
    },
  };
}

/** A readiness check from something that throws when it does not answer, e.g. `db.ping`. */
export function answers(ping: () => Promise<unknown>, otherwise: string): HealthCheck {
  return () => ping().then(() => null, () => otherwise);
}

async function ask(check: HealthCheck, timeoutMs: number): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve("no answer in time"), timeoutMs);
  });
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch {
    return "the check failed";
  } finally {
    clearTimeout(timer);
  }
}
