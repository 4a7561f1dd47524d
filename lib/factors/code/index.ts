import type { Identity } from "../../model/identity";
import type { Factor } from "../factor";
import { addressesOf, servesLevel } from "./addresses";
import { codeLogin } from "./login";
import { codeRegistration } from "./registration";

/**
 * Something you reach: a mailbox or a phone. A first factor (aal1) where codes replace passwords, or a second (aal2) beside them.
 * Nobody enrols it: it comes with the address. The weakest of its level, so it stands behind the others (ruling J5).
 */
export const code = {
  id: "code",
  group: "code",
  enabled: (config) => servesLevel("first", config) || servesLevel("second", config),
  count: (credentials, config, identity?: Identity) => ({
    // The form asks everybody, so it counts for everybody, with or without a credential (contract 4.3).
    first: servesLevel("first", config) ? 1 : 0,
    second: servesLevel("second", config) ? addressesOf(credentials, config, identity ?? null).length : 0,
  }),
  usable: (credentials, config, identity?: Identity) => [
    ...(servesLevel("first", config) ? [{ method: "code", aal: "aal1" } as const] : []),
    ...(servesLevel("second", config) && addressesOf(credentials, config, identity ?? null).length > 0 ? [{ method: "code", aal: "aal2" } as const] : []),
  ],
  login: codeLogin,
  registration: codeRegistration,
} satisfies Factor;
