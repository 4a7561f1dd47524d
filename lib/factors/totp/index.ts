import type { Factor } from "../factor";
import { findTotp } from "./credential";
import { totpLogin } from "./login";
import { totpSettings } from "./settings";

/** Something you have: the app on a phone. A second factor, level aal2. */
export const totp = {
  id: "totp",
  group: "totp",
  enabled: (config) => config.totp.enabled,
  count: (credentials, config) => ({ first: 0, second: config.totp.enabled && findTotp(credentials) !== null ? 1 : 0 }),
  usable: (credentials, config) =>
    config.totp.enabled && findTotp(credentials) !== null ? [{ method: "totp", aal: "aal2" }] : [],
  login: totpLogin,
  settings: totpSettings,
} satisfies Factor;
