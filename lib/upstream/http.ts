import { guardedFetch } from "../actions/guarded-fetch";
import type { Project } from "../model/project";

/*
 * Every word to an identity provider goes through here: to the addresses of its own discovery document, without redirects, within one
 * deadline, up to a size, and into private networks only where the project's configuration opens them (T69). next-auth's own HTTP
 * client is never used: its token and userinfo steps are replaced.
 */

export interface UpstreamRequest {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
export interface UpstreamRules {
  /** Whose question it is: what one project was told is nothing that another is told. */
  readonly project: string;
  readonly allowPrivate: boolean;
  readonly exceptions: readonly string[];
  /** One for the whole round trip, on the monotonic clock: a slow provider is given up within five seconds (security.md R31). */
  readonly deadlineMs: number;
}
export interface UpstreamAnswer {
  readonly status: number;
  readonly body: string;
}
/** Asks one address. Rejects when there is no whole answer: refused, too slow, too large, nowhere to be found. */
export type AskUpstream = (request: UpstreamRequest, rules: UpstreamRules) => Promise<UpstreamAnswer>;

/** A discovery document and a key set have a few thousand bytes. */
const MAX_BYTES = 512 * 1_024;
const WHOLE_MS = 4_000;

export function rulesFor({ row, config }: Project): UpstreamRules {
  const { allowPrivateRanges, privateExceptionUrls } = config.webHooks;
  return { project: row.id, allowPrivate: allowPrivateRanges, exceptions: privateExceptionUrls, deadlineMs: performance.now() + WHOLE_MS };
}

/** Whether a round trip has used up so much of its time that what fails now may be its own fault. */
export function isHurried({ deadlineMs }: Pick<UpstreamRules, "deadlineMs">): boolean {
  return deadlineMs - performance.now() < WHOLE_MS / 2;
}

export const askUpstream: AskUpstream = async ({ url, method, headers, body }, { allowPrivate, exceptions, deadlineMs }) => {
  const timeoutMs = Math.max(0, deadlineMs - performance.now());
  const answer = await guardedFetch(url, { method, headers: { accept: "application/json", ...headers }, body: body ?? null }, {
    allowPrivate, exceptions, timeoutMs, maxBytes: MAX_BYTES, maxRedirects: 0,
  });
  return { status: answer.status, body: answer.body.toString("utf8") };
};
