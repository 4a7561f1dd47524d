import type { Factor } from "../factor";
import { findLookup, isUsable } from "./credential";
import { lookupLogin } from "./login";
import { lookupSettings } from "./settings";

/** Something you kept: a list of codes for the day the phone is gone. A second factor, level aal2. */
export const lookupSecret = {
  id: "lookup_secret",
  group: "lookup_secret",
  enabled: (config) => config.lookup_secret.enabled,
  count: (credentials, config) => ({ first: 0, second: config.lookup_secret.enabled && isUsable(findLookup(credentials)) ? 1 : 0 }),
  usable: (credentials, config) =>
    config.lookup_secret.enabled && isUsable(findLookup(credentials)) ? [{ method: "lookup_secret", aal: "aal2" }] : [],
  login: lookupLogin,
  settings: lookupSettings,
} satisfies Factor;
