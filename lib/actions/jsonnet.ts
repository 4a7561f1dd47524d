import type { JsonObject, JsonValue } from "../model/identity";

/** The optional addon; lib/config refuses Jsonnet while it is not installed. */
const ADDON = "@hanazuki/node-jsonnet";
const MAX_STACK = 200;
const TIMEOUT_MS = 2_000;
/** An import reads files here. The word is refused wherever it stands, in texts and remarks too: nothing is parsed to tell. */
const IMPORTS = /\bimport(?:str|bin)?\b/;

export type Evaluated = { readonly kind: "value"; readonly value: JsonValue } | { readonly kind: "cancelled" };
export const JSONNET_FAILURES = ["absent", "import", "broken"] as const;
const MARK = Symbol.for("rung.jsonnet-error");
/** `absent`: no addon. `import`: the template wants a file. `broken`: it does not evaluate to JSON in time. */
export class JsonnetError extends Error {
  readonly reason: (typeof JSONNET_FAILURES)[number];
  readonly [MARK] = true;
  constructor(reason: JsonnetError["reason"], options?: ErrorOptions) {
    super(`jsonnet: ${reason}`, options);
    this.name = "JsonnetError";
    this.reason = reason;
  }
}
export function isJsonnetError(error: unknown): error is JsonnetError {
  return typeof error === "object" && error !== null && MARK in error;
}

/** Evaluates a snippet that is a function of `ctx` and answers JSON text; the shape of the addon's own evaluator. */
export type JsonnetEngine = (source: string, ctx: string) => Promise<string>;
/** A template as Ory writes it: `function(ctx) { … }`. `error "cancel"` means: send nothing. Throws `JsonnetError`. */
export type EvaluateJsonnet = (source: string, ctx: JsonObject) => Promise<Evaluated>;

/** `load` answers the engine, or null where the addon is not installed. */
export function createJsonnet(load: () => Promise<JsonnetEngine | null> = loadAddon): EvaluateJsonnet {
  let engine: Promise<JsonnetEngine | null> | null = null;
  return async (source, ctx) => {
    if (IMPORTS.test(source)) throw new JsonnetError("import");
    engine ??= load();
    const evaluate = await engine;
    if (evaluate === null) throw new JsonnetError("absent");
    try {
      return { kind: "value", value: JSON.parse(await inTime(evaluate(source, JSON.stringify(ctx)))) as JsonValue };
    } catch (cause) {
      if (cause instanceof Error && /^(RUNTIME ERROR: )?cancel(\r?\n|$)/.test(cause.message)) return { kind: "cancelled" };
      throw new JsonnetError("broken", { cause });
    }
  };
}

/** As version 2.1 answers; its own declarations name some of these otherwise. */
interface Addon {
  readonly Jsonnet: new () => {
    setMaxStack(depth: number): unknown;
    tlaCode(name: string, code: string): unknown;
    evaluateSnippet(source: string, name?: string): Promise<string>;
  };
}

async function loadAddon(): Promise<JsonnetEngine | null> {
  try {
    const name: string = ADDON;
    const loaded = await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ name) as Addon & { readonly default?: Addon };
    const Jsonnet = loaded.Jsonnet ?? loaded.default?.Jsonnet;
    if (Jsonnet === undefined) return null;
    return (source, ctx) => {
      const vm = new Jsonnet();
      vm.setMaxStack(MAX_STACK);
      vm.tlaCode("ctx", ctx);
      return vm.evaluateSnippet(source, "template");
    };
  } catch {
    return null;
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("took too long")), TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
