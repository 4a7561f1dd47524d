import { setupLinkLines } from "../../lib/platform/commands";
import { besideServer } from "./beside-server";

/** `npm run setup-link`: a new one-time link that makes its visitor an admin. */
await besideServer("setup-link", ({ db, env, clock }) => setupLinkLines(db, env, clock.now()));
