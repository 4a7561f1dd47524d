import { existsSync } from "node:fs";
import { readEnv } from "./env";
import type { Env } from "./env";
import { loadBlocklist } from "./crypto/blocklist";
import { loadKeyRing } from "./crypto/keys";
import type { KeyRing } from "./crypto/keys";
import { createPasswordHasher, hashSemaphore } from "./crypto/password";
import { createHookCaller } from "./actions/deliver";
import { guardedFetch, isInside } from "./actions/guarded-fetch";
import { createJsonnet } from "./actions/jsonnet";
import { createOlderSystem } from "./actions/password-migration";
import { bodyRenderer } from "./actions/send";
import { createHookDelivery } from "./actions/outbox";
import { createCourier } from "./courier/courier";
import type { Courier } from "./courier/courier";
import type { Database, ProjectHandle, ProjectReads } from "./db/handles";
import { openDatabase } from "./db/open";
import type { SchemaChoice } from "./db/open";
import { swapPending } from "./db/swap";
import type { PasswordHasher } from "./factors/factor";
import { REGISTRY } from "./factors/registry";
import { createEngine } from "./flows/engine";
import type { Engine } from "./flows/engine";
import { createLimits } from "./limits/charge";
import type { Limits } from "./limits/charge";
import type { Credential } from "./model/credential";
import { DomainError } from "./model/errors";
import type { Identity } from "./model/identity";
import type { SubjectFacts } from "./model/policy";
import type { Project, ProjectConfig } from "./model/project";
import { systemClock } from "./model/time";
import type { Clock } from "./model/time";
import { log, setLogLevel } from "./observability/log";
import type { Logger } from "./observability/log";
import { metrics } from "./observability/metrics";
import type { Metrics } from "./observability/metrics";
import { withAdminsKeptIn } from "./platform/admins-kept-in";
import { underCeiling, withCeiling } from "./platform/ceiling";
import type { Ceiling } from "./platform/ceiling";
import { ensureFirstBoot } from "./platform/first-boot";
import { projectBaseUrl } from "./platform/place";
import { createResolver } from "./platform/resolve";
import type { Resolver } from "./platform/resolve";
import { withSealedConfig } from "./platform/sealed-config";
import { createKeySource } from "./sessions/key-source";
import { readSession } from "./sessions/read";
import type { SessionView } from "./sessions/read";
import { createSigningKeys } from "./sessions/signing-keys";
import { subjectFacts } from "./sessions/subject";
import { createTokenizer } from "./sessions/tokenize";
import type { Tokenizer } from "./sessions/tokenize";
import { createIdTokenReader } from "./upstream/id-token";

/** Everything that must exist once in a process. Built here and nowhere else; the rooms receive what they need. */
export interface Services {
  readonly env: Env;
  readonly clock: Clock;
  readonly keys: KeyRing;
  readonly db: Database;
  readonly resolver: Resolver;
  readonly passwords: PasswordHasher;
  readonly engine: Engine;
  /** Sessions as signed tokens, and the public keys that verify them. */
  readonly tokenizer: Tokenizer;
  /** Hands over what stands in the outbox; lib/background starts it. */
  readonly courier: Courier;
  readonly log: Logger;
  readonly metrics: Metrics;
  limitsFor(handle: ProjectHandle): Limits;
  /** The live session behind a token, judged by every factor of the house. */
  readSession(handle: ProjectReads, token: string | null, project: Project, now: Date): Promise<SessionView | null>;
  /** What these credentials amount to under this project's methods. */
  subjectOf(credentials: readonly Credential[], project: Project, identity?: Identity): SubjectFacts;
  /** True when this start made the first project: the greeting shows the set-up link then. */
  readonly firstStart: boolean;
  close(): Promise<void>;
}

/** Answers that known and unknown accounts share come no earlier than this (security.md part 7). */
const ANSWER_FLOOR_MS = 350;
const KEY_SET_TIMEOUT_MS = 5_000;
const KEY_SET_MAX_BYTES = 65_536;

const REGISTRY_KEY = Symbol.for("rung.services");
interface Holder { [REGISTRY_KEY]?: Promise<Services> }

/** The services of this process. The first to ask boots them: server.ts in production, instrumentation.ts elsewhere. */
export function getServices(): Promise<Services> {
  const holder = globalThis as Holder;
  holder[REGISTRY_KEY] ??= bootServices();
  return holder[REGISTRY_KEY];
}

/** Opens what the environment names, and migrates it unless `schema` says otherwise. Throws StartError with one line; nothing is left open then. */
export async function bootServices(env: Env = readEnv(), { schema = "migrate" }: { readonly schema?: SchemaChoice } = {}): Promise<Services> {
  setLogLevel(env.logLevel);
  const embedded = env.databaseUrl === null;
  // The embedded store is seen without opening it, so a lost key file stops the start before anything is touched.
  const early = embedded ? keysOf(env, existsSync(env.dataDir) || await swapPending(env.dataDir)) : null;
  const db = await openDatabase(embedded
    ? { kind: "embedded", dataDir: env.dataDir, log, schema } : { kind: "server", url: env.databaseUrl, log, schema });
  try {
    const keys = early ?? keysOf(env, (await db.platform.listProjects()).length > 0);
    return await createServices({ env, db, keys, clock: systemClock, floorMs: ANSWER_FLOOR_MS });
  } catch (error) {
    await db.close();
    throw error;
  }
}

function keysOf(env: Env, databaseExists: boolean): KeyRing {
  return loadKeyRing({ path: env.keyFile }, { production: env.mode === "production", databaseExists });
}

export interface ServiceParts {
  readonly env: Env;
  readonly db: Database;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly floorMs: number;
}

/** The services over an open database; tests hand in their own clock and an in-memory database. */
export async function createServices({ env, db: opened, keys, clock, floorMs }: ServiceParts): Promise<Services> {
  const subjectOf: Services["subjectOf"] = (credentials, project, identity) => subjectFacts(credentials, project.config.methods, REGISTRY, identity);
  // Secrets of a configuration rest sealed, none shuts the admins out or goes beyond what the operator allows: everybody reads and writes revisions through this.
  const ceiling: Ceiling = { privateAddresses: env.privateAddresses, isInside };
  const platform = withCeiling(withAdminsKeptIn(withSealedConfig(opened.platform, keys), {
    subjectOf, findAccount: (projectId, id) => opened.forProject(projectId).findAccount(id), baseUrlOf: (row) => projectBaseUrl(row, env), now: () => clock.now(),
  }), ceiling);
  const db: Database = { ...opened, platform };
  const first = await ensureFirstBoot(db.platform, env, clock.now());
  const resolver = createResolver(db, env, clock, (config) => underCeiling(config, ceiling));
  const semaphore = hashSemaphore();
  const counted = metrics();
  counted.watchHashQueue(semaphore.load);
  const handleOfDefault = db.forProject(first.defaultProject.id);
  const passwords = createPasswordHasher({
    profile: env.passwordProfile, keys, semaphore, blocklist: loadBlocklist({ warn: (message) => log.warn(message) }),
    sample: () => handleOfDefault.samplePasswordHash(),
  });
  const limitsFor = (handle: ProjectHandle): Limits => createLimits(handle.limits, keys);
  const evaluate = createJsonnet();
  const hookDeps = { evaluate, warn: (message: string) => { log.warn(message); } };
  const engine = createEngine({ keys, passwords, limitsFor, metrics: counted, hooks: createHookCaller(hookDeps), askOlderSystem: createOlderSystem(hookDeps), readIdToken: createIdTokenReader(), floor: (startedAtMs) => untilFloor(startedAtMs, floorMs) });
  const tokenizer = createTokenizer({ signingKeys: createSigningKeys(keys), keySource: createKeySource(fetchKeySet, env.keyDirectory) });
  const courier = createCourier({
    db, keys, clock, log, metrics: counted, projectOf: (id) => resolver.byId(id), mail: { smtpUrl: env.smtpUrl, from: env.mailFrom },
    renderBody: bodyRenderer(evaluate), deliverHook: createHookDelivery(keys, hookDeps),
  });
  return {
    env, clock, keys, db, resolver, passwords, engine, tokenizer, courier, log, metrics: counted, limitsFor, firstStart: first.created,
    readSession: (handle, token, project, now) => readSession(handle, token, project, now, REGISTRY),
    subjectOf,
    close: () => db.close(),
  };
}

/** A key set elsewhere is read as hooks are called: from a private address only where the project says so. */
async function fetchKeySet(url: string, network: ProjectConfig["webHooks"]): Promise<string> {
  const { allowPrivateRanges: allowPrivate, privateExceptionUrls: exceptions } = network;
  const answer = await guardedFetch(url, {}, { allowPrivate, exceptions, timeoutMs: KEY_SET_TIMEOUT_MS, maxBytes: KEY_SET_MAX_BYTES });
  if (answer.status !== 200) throw new DomainError("unavailable");
  return answer.body.toString("utf8");
}

function untilFloor(startedAtMs: number, floorMs: number): Promise<void> {
  const left = startedAtMs + floorMs - performance.now();
  return left <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, left));
}
