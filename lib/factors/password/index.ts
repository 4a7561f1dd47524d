import type { Factor } from "../factor";
import { findPassword, isUsable } from "./credential";
import { passwordLogin } from "./login";
import { passwordRegistration } from "./registration";
import { passwordSettings } from "./settings";

/** Something you know: a first factor, level aal1. */
export const password = {
  id: "password",
  group: "password",
  enabled: (config) => config.password.enabled,
  count: (credentials, config) => ({ first: config.password.enabled && isUsable(findPassword(credentials), config) ? 1 : 0, second: 0 }),
  usable: (credentials, config) =>
    config.password.enabled && isUsable(findPassword(credentials), config) ? [{ method: "password", aal: "aal1" }] : [],
  login: passwordLogin,
  registration: passwordRegistration,
  settings: passwordSettings,
} satisfies Factor;
