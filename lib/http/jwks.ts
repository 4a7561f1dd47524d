import { jsonAnswer } from "./answer";
import type { Endpoint } from "./handler";

/** Verifiers may keep the set for so long; a new key is in it for twice as long before it signs. */
const CACHED_SECONDS = 60;

/** `GET /.well-known/jwks.json`: the public keys of this project's managed token templates. */
export const readJwks: Endpoint = async (exchange) => {
  const { services, project, handle, now } = exchange;
  const keys = await services.tokenizer.publicKeys(project, handle, now);
  return jsonAnswer(exchange, 200, { keys: [...keys] }, { "cache-control": `public, max-age=${String(CACHED_SECONDS)}` });
};
