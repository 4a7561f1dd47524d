import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a hook's server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
/** One answer; `hang` never gives one, `break` ends the connection. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly hang?: boolean;
  readonly break?: boolean;
}
export interface HookServer {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** What to answer next, in order; when nothing is left, 204. Forgets what was seen. */
  answer(...answers: readonly Answer[]): void;
  close(): Promise<void>;
}

/** A server on this machine that answers as it is told. For tests only. */
export async function hookServer(): Promise<HookServer> {
  const seen: Seen[] = [];
  let answers: readonly Answer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      seen.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
      const [next = {}, ...rest] = answers;
      answers = rest;
      if (next.break === true) request.socket.destroy();
      else if (next.hang !== true) response.writeHead(next.status ?? 204, next.headers).end(next.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer(...next) {
      answers = next;
      seen.length = 0;
    },
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}
