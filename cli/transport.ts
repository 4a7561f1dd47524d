import { lookup as systemLookup } from "node:dns";
import { request as httpRequest } from "node:http";
import type { RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { CliError } from "./errors";

/** One HTTP answer, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Where an origin is really served; absent: where its name says. */
export interface Connect {
  readonly host: string;
  readonly port: number;
}

export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly connect?: Connect | null;
}

export type Send = (outgoing: Outgoing) => Promise<Answer>;

const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * One request, 30 seconds at most, redirects not followed: a key goes to the address it was meant for and nowhere else. Names
 * below `localhost` are this machine (RFC 6761), whatever its resolver thinks. Throws `CliError` when nobody answers.
 */
export const send: Send = ({ method, url, headers, body, connect = null }) => new Promise((resolve, reject) => {
  const plain = connect !== null || url.protocol === "http:";
  const payload = body === null ? null : Buffer.from(body, "utf8");
  const options: RequestOptions = {
    method, path: `${url.pathname}${url.search}`, agent: false, timeout: TIMEOUT_MS, signal: AbortSignal.timeout(TIMEOUT_MS),
    host: connect?.host ?? url.hostname.replace(/^\[|\]$/g, ""), port: connect?.port ?? (url.port === "" ? (plain ? 80 : 443) : Number(url.port)),
    headers: { ...headers, host: url.host, ...(payload === null ? {} : { "content-length": String(payload.length) }) }, lookup: localhostHere,
  };
  const outgoing = (plain ? httpRequest : httpsRequest)(options, (response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) outgoing.destroy(new Error("the answer is too long"));
      chunks.push(chunk);
    });
    response.once("error", (error) => reject(silent(url, error)));
    response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString("utf8") }));
  });
  outgoing.once("error", (error) => reject(silent(url, error)));
  outgoing.once("timeout", () => outgoing.destroy(new Error("no answer within 30 seconds")));
  outgoing.end(payload ?? undefined);
});

const localhostHere: LookupFunction = (hostname, options, done) => {
  if (hostname !== "localhost" && !hostname.endsWith(".localhost")) return systemLookup(hostname, options, done);
  const addresses = [{ address: "127.0.0.1", family: 4 }, { address: "::1", family: 6 }];
  const wanted = addresses.filter(({ family }) => options.family === undefined || options.family === 0 || options.family === family || options.family === `IPv${String(family)}`);
  if (options.all === true) return done(null, wanted);
  const [one] = wanted;
  return done(null, one?.address ?? "127.0.0.1", one?.family ?? 4);
};

function silent(url: URL, error: Error): CliError {
  const reason = error.name === "TimeoutError" || error.name === "AbortError" ? "no answer within 30 seconds" : reasonOf(error);
  const here = url.hostname === "localhost" || url.hostname.endsWith(".localhost");
  return new CliError(`${url.origin} does not answer (${reason}).`, ...(here ? ["Is the server running? Start it with: npm start"] : []));
}

function reasonOf(error: Error): string {
  if ("code" in error && error.code === "ECONNREFUSED") return "nobody listens there";
  if ("code" in error && error.code === "ENOTFOUND") return "this name is unknown";
  // Several addresses were tried: the first says enough.
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return reasonOf(error.errors[0]);
  return error.message;
}
