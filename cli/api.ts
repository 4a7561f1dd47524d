import type { JsonValue } from "../lib/model/identity";
import { CliError } from "./errors";
import { send as sendOverHttp } from "./transport";
import type { Answer, Connect, Send } from "./transport";

/** An API with a key. Every method answers the parsed body, and throws `ApiFault` for anything but 2xx. */
export interface Api {
  readonly origin: URL;
  call(method: string, path: string, body?: JsonValue): Promise<JsonValue>;
  /** The same with the headers: pages are linked there. */
  page(path: string): Promise<{ readonly body: JsonValue; readonly next: string | null }>;
}

/** A refusal of the API: printed as its message and its reason, never with the key that was sent. */
export class ApiFault extends CliError {
  readonly status: number;

  constructor(status: number, lines: readonly string[]) {
    super(...lines);
    this.name = "ApiFault";
    this.status = status;
  }
}

export interface ApiOptions {
  readonly origin: URL;
  readonly key: string;
  readonly connect?: Connect | null;
  readonly send?: Send;
}

export function createApi({ origin, key, connect = null, send = sendOverHttp }: ApiOptions): Api {
  const ask = async (method: string, path: string, body?: JsonValue): Promise<Answer> => {
    const answer = await send({
      method, url: new URL(path, origin), connect, body: body === undefined ? null : JSON.stringify(body),
      headers: { accept: "application/json", authorization: `Bearer ${key}`, "user-agent": "rung-cli", ...(body === undefined ? {} : { "content-type": "application/json" }) },
    });
    if (answer.status < 200 || answer.status > 299) throw faultOf(answer, origin);
    return answer;
  };
  return {
    origin,
    call: async (method, path, body) => parsed(await ask(method, path, body), origin),
    async page(path) {
      const answer = await ask("GET", path);
      return { body: parsed(answer, origin), next: nextOf(answer.headers["link"]) };
    },
  };
}

function parsed({ text }: Answer, origin: URL): JsonValue {
  if (text === "") return null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new CliError(`${origin.origin} answered something that is not JSON. Is RUNG_CONSOLE_URL the address of a Rung?`);
  }
}

/** `error.message`, then `error.reason`, then what is wrong key by key; a body without the envelope is shown as it is (contract/admin.md 3.1). */
function faultOf({ status, text }: Answer, origin: URL): ApiFault {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return new ApiFault(status, [`${origin.origin} answered with status ${String(status)}.`]);
  }
  const error = member(body, "error");
  const message = member(error, "message");
  if (typeof message !== "string") return new ApiFault(status, [JSON.stringify(body, null, 2), `The request failed with status ${String(status)}.`]);
  const reason = member(error, "reason");
  const hint = status === 401 ? ["The key is missing, unknown or has expired. Check RUNG_WORKSPACE_API_KEY and RUNG_PROJECT_API_KEY."] : [];
  return new ApiFault(status, [message, ...(typeof reason === "string" && reason !== message ? [reason] : []), ...problemsOf(error, reason), ...hint]);
}

/** Problems of a configuration that the reason does not say already. */
function problemsOf(error: unknown, reason: unknown): readonly string[] {
  const problems = member(member(error, "details"), "problems");
  if (!Array.isArray(problems)) return [];
  return problems.flatMap((problem: unknown) => {
    const [path, words] = [member(problem, "path"), member(problem, "message")];
    if (typeof words !== "string" || (typeof reason === "string" && reason.includes(words))) return [];
    return [typeof path === "string" && path !== "" ? `  ${path}: ${words}` : `  ${words}`];
  });
}

/** The token of the next page, from `Link`. */
function nextOf(header: string | string[] | undefined): string | null {
  const link = (Array.isArray(header) ? header.join(",") : header) ?? "";
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link)?.[1];
  return target === undefined ? null : new URL(target, "http://local").searchParams.get("page_token");
}

export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

export function textOf(value: unknown, name: string): string | null {
  const found = member(value, name);
  return typeof found === "string" ? found : null;
}

export function listOf(value: unknown): readonly JsonValue[] {
  return Array.isArray(value) ? value as readonly JsonValue[] : [];
}
