import { DomainError } from "../model/errors";
import { jsonAnswer } from "./answer";
import type { Endpoint } from "./handler";

/* What browsers and password managers ask of a host about its passkeys (security.md D3, D6). Open to everybody, from any page. */

const FROM_ANYWHERE = { "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" } as const;

/** `GET /.well-known/passkey-endpoints`: where passkeys are added and managed, as absolute addresses; 404 without passkeys. */
export const passkeyEndpoints: Endpoint = async (exchange) => {
  const { methods, baseUrl, flows } = exchange.project.config;
  if (!methods.passkey.enabled) throw new DomainError("not_found");
  const settings = new URL(flows.settings.uiUrl, baseUrl).href;
  return jsonAnswer(exchange, 200, { enroll: settings, manage: settings }, FROM_ANYWHERE);
};

/** `GET /.well-known/webauthn`: exactly the origins that may use this relying party (WebAuthn L3, 5.11); 404 when no method does. */
export const relatedOrigins: Endpoint = async (exchange) => {
  const { passkey, webauthn } = exchange.project.config.methods;
  const origins = [passkey, webauthn].filter(({ enabled }) => enabled).flatMap(({ rp }) => rp.origins);
  if (origins.length === 0) throw new DomainError("not_found");
  return jsonAnswer(exchange, 200, { origins: [...new Set(origins)] }, FROM_ANYWHERE);
};
