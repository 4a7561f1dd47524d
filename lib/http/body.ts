import { DomainError } from "../model/errors";

/** X10: more than this is no form and no JSON of ours. */
export const BODY_LIMIT_BYTES = 64 * 1024;

/**
 * The whole body as text. Counts while reading, so a missing or wrong `Content-Length` does not help: throws
 * `payload_too_large` above `limit`, `bad_request` for bytes that are not UTF-8.
 */
export async function readBody(request: Request, limit = BODY_LIMIT_BYTES): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw new DomainError("payload_too_large", { limitBytes: limit });
  if (request.body === null) return "";
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      throw new DomainError("payload_too_large", { limitBytes: limit });
    }
    chunks.push(value);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new DomainError("bad_request", { reason: "The body is not valid UTF-8." }, { cause });
  }
}
