import { request as httpRequest } from "node:http";

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer as it came: nothing is followed, nothing is stored. */
export class Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: readonly string[];
  readonly text: string;

  constructor(status: number, headers: Readonly<Record<string, string>>, setCookies: readonly string[], text: string) {
    this.status = status;
    this.headers = headers;
    this.setCookies = setCookies;
    this.text = text;
  }

  /** The body as JSON of the shape the caller expects; throws with the text when it is none. */
  json<T>(): T {
    try {
      return JSON.parse(this.text) as T;
    } catch {
      throw new Error(`expected JSON, got ${String(this.status)} ${this.headers["content-type"] ?? ""}: ${this.text.slice(0, 300)}`);
    }
  }

  /** The Location header; throws when the answer is no redirect. */
  get location(): string {
    const location = this.headers["location"];
    if (location === undefined) throw new Error(`expected a redirect, got ${String(this.status)}: ${this.text.slice(0, 300)}`);
    return location;
  }
}

/**
 * One request to 127.0.0.1 at the port of `url`, with the host of `url` in its Host header: names such as
 * `garden.localhost` need no resolver. Rejects when the connection breaks.
 */
export function send(url: string | URL, { method = "GET", headers = {}, body }: Sent = {}): Promise<Answer> {
  const target = new URL(url);
  const spelled = String(url).slice(target.origin.length).split("#", 1)[0] ?? "";
  const path = /^\/[\x21-\x7e]*$/.test(spelled) ? spelled : `${target.pathname}${target.search}`;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: "127.0.0.1", port: target.port, method, path,
        headers: { host: target.host, ...headers, ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }) },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => {
          const flat = Object.entries(response.headers).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, Array.isArray(value) ? value.join("\n") : value] as const],
          );
          resolve(new Answer(response.statusCode ?? 0, Object.fromEntries(flat), response.headers["set-cookie"] ?? [], Buffer.concat(chunks).toString("utf8")));
        });
      },
    );
    request.once("error", reject);
    request.end(body);
  });
}
