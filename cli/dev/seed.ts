import { seed } from "../../prisma/seed";
import { besideServer } from "./beside-server";

/** `npm run seed` while a server is running; without one the start itself seeds (RUNG_SEED=1). */
await besideServer("seed", seed);
