import type { ProjectConfig } from "../model/project";
import type { Reader } from "./reader";

const AT = "serve.public.cors";
const ORIGIN = /^https?:\/\/(\*\.)?([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:\d{1,5})?$/i;

/** `serve.public.cors`: which other origins may call the self-service API from a page. */
export function corsConfig(reader: Reader): ProjectConfig["cors"] {
  const given = reader.list(`${AT}.allowed_origins`).filter((origin) => typeof origin === "string");
  for (const [index, origin] of given.entries()) {
    const fault = originFault(origin);
    if (fault !== null) reader.refuse(`${AT}.allowed_origins.${index}`, fault);
  }
  return {
    enabled: reader.flag(`${AT}.enabled`, false),
    origins: reader.at(`${AT}.allowed_origins`) === undefined ? ["*"] : given,
    credentials: reader.flag(`${AT}.allow_credentials`, true),
  };
}

/** Why a text is no origin that a list may hold; null when it is one. */
export function originFault(origin: string): string | null {
  if (origin === "*" || ORIGIN.test(origin)) return null;
  return "must be an origin such as \"https://shop.example\", without a path; \"https://*.shop.example\" and \"*\" open it without cookies.";
}
