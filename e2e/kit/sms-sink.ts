import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedText {
  readonly method: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** As sent; `json` where it is JSON. */
  readonly body: string;
  readonly json: unknown;
}

export interface SmsSink {
  /** `http://127.0.0.1:port/send` */
  readonly url: string;
  readonly texts: readonly ReceivedText[];
  /** Status of every answer from now on; 200 at first. */
  answer(status: number): void;
  slow(ms: number): void;
  /** The first text message whose body holds `part`, after the first `after`; throws after `timeoutMs`. */
  next(part: string, options?: { readonly after?: number; readonly timeoutMs?: number }): Promise<ReceivedText>;
  close(): Promise<void>;
}

/** An HTTP service for text messages on this machine. What it refuses it has seen all the same. */
export async function startSmsSink(): Promise<SmsSink> {
  const texts: ReceivedText[] = [];
  let status = 200;
  let delayMs = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value ?? ""]));
      texts.push({ method: request.method ?? "", path: request.url ?? "", headers, body, json: parsed(body) });
      setTimeout(() => response.writeHead(status, { "content-type": "application/json" }).end("{}"), delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`,
    texts,
    answer(next) {
      status = next;
    },
    slow(ms) {
      delayMs = ms;
    },
    async next(part, { after = 0, timeoutMs = 60_000 } = {}) {
      const until = performance.now() + timeoutMs;
      for (;;) {
        const found = texts.slice(after).find(({ body }) => body.includes(part));
        if (found !== undefined) return found;
        if (performance.now() > until) throw new Error(`no text message with ${part} came within ${timeoutMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}
