import { DomainError } from "../model/errors";
import { requireCsrf } from "./csrf";
import type { Exchange } from "./exchange";

const SMALL_FORM_BYTES = 64 * 1024;

/**
 * The form of one of our own pages, posted to a route handler: bounded while it is read, from our own origin, with the token that
 * belongs to this browser and session. Throws `payload_too_large`, `unsupported_media_type` or `security_csrf_violation`.
 */
export async function postedForm(exchange: Exchange, request: Request, limit = SMALL_FORM_BYTES): Promise<FormData> {
  const { headers, project, services } = exchange;
  if (headers.get("origin") === null && headers.get("sec-fetch-site") === null) {
    throw new DomainError("security_csrf_violation", { hint: "The request does not say where it comes from.", rejectReason: "Origin is missing." });
  }
  const type = request.headers.get("content-type") ?? "";
  const body = await bytesOf(request, limit);
  const form = await new Response(body, { headers: { "content-type": type } }).formData().catch((cause: unknown) => {
    throw new DomainError("unsupported_media_type", {}, { cause });
  });
  requireCsrf(headers, exchange, form.get("csrf_token"), project.config, services.keys);
  return form;
}

async function bytesOf(request: Request, limit: number): Promise<ArrayBuffer> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw new DomainError("payload_too_large", { limitBytes: limit });
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body !== null) {
    const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      size += step.value.byteLength;
      if (size > limit) {
        await reader.cancel();
        throw new DomainError("payload_too_large", { limitBytes: limit });
      }
      chunks.push(step.value);
    }
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole.buffer;
}
