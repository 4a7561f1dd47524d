import cluster from "node:cluster";
import { createServer } from "node:http";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import next from "next";
import { startBackground, startConfigFile } from "./lib/background";
import { clientAddress, isTrusted, readEnv, trustedRanges } from "./lib/env";
import type { Env } from "./lib/env";
import { startCommands } from "./lib/http/commands";
import { greetingLines } from "./lib/http/greeting";
import { createListener } from "./lib/http/listener";
import type { Front } from "./lib/http/listener";
import { operations } from "./lib/http/operations";
import { startRefusal } from "./lib/http/start-refusal";
import { answers, createHealth } from "./lib/observability/health";
import { getServices } from "./lib/services";
import type { Services } from "./lib/services";

/*
 * The process: an HTTP server around the framework (house part 10). The port opens at once and says "starting" until the lock
 * is held, the store is migrated and the pages can be rendered.
 */

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** A load balancer sees the 503 of readiness before connections close. */
const GRACE_MS = 500;
/** R17: nobody waits longer for requests in flight. */
const HARD_LIMIT_MS = 10_000;

start().catch(refuseToStart);

async function start(): Promise<void> {
  const env = readEnv();
  const workers = env.databaseUrl === null ? 1 : env.webConcurrency;
  if (workers > 1 && cluster.isPrimary) return lead(env, workers);
  await serve(env);
}

async function serve(env: Env): Promise<void> {
  let services: Services | null = null;
  let framework: ReturnType<Front["framework"]> = null;
  let beside: { stop(): Promise<void> } | null = null;
  let draining = false;
  const ranges = trustedRanges(env.trustedProxies);
  const health = createHealth({ database: answers(async () => services?.db.ping(), "does not answer") });
  const server = createServer({ keepAliveTimeout: 65_000, headersTimeout: 20_000, requestTimeout: 60_000 }, createListener({
    publicUrl: env.publicUrl, health, services: () => services, framework: () => framework, draining: () => draining,
    peerOf: (address, forwardedFor) => ({
      address, clientIp: clientAddress(address, forwardedFor, ranges), trusted: isTrusted(address, ranges),
    }),
  }));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(env.port, env.host, resolve);
  });

  const stop = async (): Promise<void> => {
    if (draining) return;
    draining = true;
    health.startDraining();
    setTimeout(() => process.exit(0), HARD_LIMIT_MS).unref();
    await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    // Side by side: one slow request must not keep mail and jobs from being given back.
    await Promise.all([closed, beside?.stop()]);
    await services?.close();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());

  services = await getServices();
  const app = next({ dev: env.mode === "development", dir: ROOT, hostname: env.publicUrl.hostname, port: env.port, httpServer: server, quiet: env.mode !== "development" });
  await app.prepare();
  // Work that a dying process left is begun again once this one can serve: a build that cannot start ends nobody's letter or job.
  beside = await startBeside(services);
  framework = app.getRequestHandler();
  if (env.mode !== "development") server.prependListener("upgrade", (_request, socket) => socket.destroy());
  health.markBooted();
  if (cluster.isPrimary) await greet(services);
}

/** The configuration file first, then clean-up, mail and jobs, and the socket for commands. */
async function startBeside(services: Services): Promise<{ stop(): Promise<void> }> {
  const configFile = await obeyFile(services);
  const commands = await startCommands(services, { seed: addDemo, ...operations });
  const background = startBackground(services);
  return {
    async stop() {
      configFile?.close();
      await commands?.close();
      await background.stop();
    },
  };
}

/** A wrong file stops a start, and lets go of the data first; a worker that takes a dead one's place keeps what is in force. */
async function obeyFile(services: Services): Promise<{ close(): void } | null> {
  try {
    return await startConfigFile(services, { strict: cluster.isPrimary });
  } catch (error) {
    await services.close();
    throw error;
  }
}

async function greet(services: Services): Promise<void> {
  const lines = [...(services.env.seed ? await addDemo(services) : []), ...(await greetingLines(services))];
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** The demo people are data beside the product and bundled apart from it. */
async function addDemo(services: Services): Promise<readonly string[]> {
  const { seed } = await import(new URL("./seed.js", import.meta.url).href) as { seed(services: Services): Promise<readonly string[]> };
  return seed(services);
}

/** Migrates once, then keeps `workers` processes serving one PostgreSQL server. */
async function lead(env: Env, workers: number): Promise<void> {
  const services = await getServices();
  (await obeyFile(services))?.close();
  await greet(services);
  await services.close();
  let stopping = false;
  const stop = (): void => {
    stopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill("SIGTERM");
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  cluster.on("exit", (_worker, code) => {
    if (!stopping && code !== 0) cluster.fork();
    else if (Object.keys(cluster.workers ?? {}).length === 0) process.exit(0);
  });
  for (let index = 0; index < workers; index += 1) cluster.fork();
}

function refuseToStart(error: unknown): never {
  const { words, exitCode } = startRefusal(error);
  process.stderr.write(`${words}\n`);
  process.exit(exitCode);
}
