import { existsSync } from "node:fs";
import { mkdir, statfs } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { dirname } from "node:path";
import { readKeyFile } from "../lib/crypto/keys";
import type { Env } from "../lib/env";
import { fail, ok, warn, wordsOf } from "./finding";
import type { Finding } from "./finding";

/* What surrounds the installation: the runtime, the keys, the disk, the network, the clock. */

const OLDEST_NODE = [20, 19] as const;
/** Enough for a few weeks of a small installation. */
const COMFORTABLE_BYTES = 1024 ** 3;
const PATIENCE_MS = 3_000;
/** A code of an authenticator app is good for half a minute on either side. */
const CLOCK_WARN_MS = 2_000;
const CLOCK_FAIL_MS = 25_000;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const old = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return old ? fail("node", `Node ${version}`, `Install Node ${OLDEST_NODE.join(".")} or newer.`) : ok("node", `Node ${version}`);
}

export async function checkKeys(env: Env): Promise<Finding> {
  try {
    const keys = readKeyFile(env.keyFile, { production: env.mode === "production" });
    if (keys !== null) return ok("keys", `${String(keys.length)} in ${env.keyFile}, ${keys[0]?.id ?? ""} seals`);
    const begun = existsSync(env.dataDir) || env.databaseUrl !== null;
    return begun
      ? fail("keys", `${env.keyFile} is missing`, "Restore it from its backup, or set RUNG_KEY_FILE: without it nothing sealed opens.")
      : warn("keys", `${env.keyFile} is not there yet`, "The first start makes it. Then keep a copy elsewhere.");
  } catch (error) {
    return fail("keys", wordsOf(error), "Mend the key file as the line says.");
  }
}

export async function checkSpace(env: Env): Promise<Finding> {
  const folder = dirname(env.dataDir);
  if (env.databaseUrl !== null) return ok("disk", "the data are on a database server");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { requireRoom } = await import("../lib/db/backup");
  try {
    await requireRoom(folder, 0);
  } catch {
    return fail("disk", `the disk that holds ${folder} is nearly full`, "Free some space: below its reserve the server answers writes with 503.");
  }
  const volume = await statfs(folder);
  const free = volume.bavail * volume.bsize;
  const found = `${String(Math.floor(free / 1024 / 1024))} MB free in ${folder}`;
  return free < COMFORTABLE_BYTES ? warn("disk", found, "Plan for more: a backup needs as much room as the data.") : ok("disk", found);
}

/** A server of ours answers there, or nobody does. */
export async function checkPort(env: Env): Promise<Finding> {
  const where = `port ${String(env.port)}`;
  const host = env.host === "0.0.0.0" || env.host === "::" ? "127.0.0.1" : env.host;
  const free = await new Promise<boolean | null>((resolve) => {
    const probe = createServer().once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EADDRINUSE" ? false : null));
    probe.listen(env.port, host, () => probe.close(() => resolve(true)));
  });
  if (free === true) return ok("port", `${where} is free; the server is not running`);
  if (free === null) return fail("port", `this user cannot listen on ${host}, ${where}`, "Set HOST to an address of this machine and PORT to a number above 1023.");
  const answer = await fetch(`http://${host.includes(":") ? `[${host}]` : host}:${String(env.port)}/health/ready`, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  if (answer?.status === 200) return ok("port", `the server on ${where} is ready`);
  if (answer?.status === 503) return warn("port", `the server on ${where} is not ready`, "It is starting, stopping, or its database does not answer: see its log.");
  return fail("port", `another program has ${where}`, "Stop it, or set PORT to another number.");
}

export async function checkSmtp(env: Env): Promise<Finding> {
  if (env.smtpUrl === null) return warn("mail", "RUNG_SMTP_URL is not set", "Mail of projects without a server of their own waits in the outbox.");
  const { hostname, port, protocol } = new URL(env.smtpUrl);
  const number = port === "" ? (protocol === "smtps:" ? 465 : 587) : Number(port);
  const reached = await new Promise<string | null>((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: number, timeout: PATIENCE_MS });
    socket.once("connect", () => { socket.destroy(); resolve(null); });
    socket.once("timeout", () => { socket.destroy(); resolve("no answer"); });
    socket.once("error", (error) => resolve(error.message));
  });
  const where = `${hostname}:${String(number)}`;
  return reached === null ? ok("mail", `${where} answers`) : fail("mail", `${where} cannot be reached (${reached})`, "Check RUNG_SMTP_URL, and whether this machine may connect there.");
}

export function checkClock(database: Date, here: Date): Finding {
  const apart = Math.abs(database.getTime() - here.getTime());
  const found = `${String(Math.round(apart / 100) / 10)} s between this machine and the database`;
  if (apart > CLOCK_FAIL_MS) return fail("clock", found, "Set both clocks by NTP: codes of authenticator apps depend on the time.");
  return apart > CLOCK_WARN_MS ? warn("clock", found, "Set both clocks by NTP.") : ok("clock", found);
}
