import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { openExchange } from "../../../lib/http/exchange";
import type { Exchange } from "../../../lib/http/exchange";
import type { Admin } from "../../../lib/http/console";
import { batch } from "../../../lib/http/admin-identity-list";
import { readEnv } from "../../../lib/env";
import type { IdentityId, SessionId } from "../../../lib/model/ids";
import { createApiKey } from "../../../lib/platform/api-keys";
import { bootServices } from "../../../lib/services";
import type { Services } from "../../../lib/services";
import { fill } from "./crowd";
import type { Models, Run } from "./crowd";

/** One database with so many people in it, opened as the server opens it, in this process. */
export interface Place {
  readonly size: number;
  readonly services: Services;
  readonly models: Models;
  readonly admin: Admin;
  /** An open request, of the holder of a key. `later`: so many milliseconds from now. */
  ask(target: string, later?: number): Promise<Exchange>;
  readonly key: string;
  close(): Promise<void>;
}
type Say = (line: string) => void;

/**
 * Makes a database and its people in `home`, or opens what an earlier run left there. `server`: the address of a PostgreSQL server, where
 * the database is made; null: embedded.
 */
export async function placeOf(home: string, server: string | null, size: number, say: Say): Promise<Place> {
  const name = `rung_bench_${String(size)}`;
  const dataDir = join(home, name);
  const url = server === null ? "" : addressed(server, name);
  const env = readEnv({ DATABASE_URL: url, RUNG_DATA_DIR: dataDir, RUNG_KEY_FILE: join(home, `${name}.keys.json`), RUNG_LOG_LEVEL: "error" });
  const note = join(home, `${name}.json`);
  if (!existsSync(note)) {
    if (server !== null) await onServer(server, async (run) => { await run(`DROP DATABASE IF EXISTS ${name}`); await run(`CREATE DATABASE ${name}`); });
    writeFileSync(note, JSON.stringify(await made(env, { dataDir, url, size }, say)));
  }
  const { models, key } = JSON.parse(readFileSync(note, "utf8")) as Awaited<ReturnType<typeof made>>;
  const services = await bootServices(env);
  return { size, services, models, key, admin: await adminOf(services), ask: (target, later = 0) => ask(services, key, target, later), close: () => services.close() };
}

/** Removes the database from the server. */
export async function dropPlace(server: string, size: number): Promise<void> {
  await onServer(server, async (run) => { await run(`DROP DATABASE IF EXISTS rung_bench_${String(size)}`); });
}

async function made(env: ReturnType<typeof readEnv>, { dataDir, url, size }: { readonly dataDir: string; readonly url: string; readonly size: number }, say: Say) {
  const services = await bootServices(env);
  const found = await modelsOf(services).finally(() => services.close());
  say(`${size.toLocaleString("en")} people by SQL, each a copy of one that was imported …`);
  const began = performance.now();
  const filled = (run: Run) => fill(run, found.models, 0, size, say);
  await (url === "" ? embedded(dataDir, filled) : onServer(url, filled));
  say(`  in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
  return found;
}

async function ask(services: Services, key: string, target: string, later: number): Promise<Exchange> {
  const headers = new Headers({ host: "localhost:4000", accept: "application/json", authorization: `Bearer ${key}` });
  const exchange = await openExchange({ headers, target }, services);
  return later === 0 ? exchange : { ...exchange, now: new Date(exchange.now.getTime() + later) };
}

async function onServer(url: string, work: (run: Run) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(async (text, params = []) => (await client.query<Record<string, unknown>>(text, [...params])).rows);
  } finally {
    await client.end();
  }
}

async function embedded(dataDir: string, work: (run: Run) => Promise<void>): Promise<void> {
  const client = new PGlite(dataDir);
  try {
    await work(async (text, params = []) => (await client.query<Record<string, unknown>>(text, [...params])).rows);
  } finally {
    await client.close();
  }
}

function addressed(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Imports one person of each kind, through the admin API, and lets one of them sign in and get a letter. */
async function modelsOf(services: Services): Promise<{ readonly models: Models; readonly key: string }> {
  const project = await services.db.platform.findDefaultProject();
  if (project === null) throw new Error("no default project");
  const { token: key } = await createApiKey(services.db.platform, { projectId: project.id }, { name: "bench", expiresAt: null }, services.clock.now());
  const kinds = [{}, { totp: { config: { totp_url: "otpauth://totp/Bench:model?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Bench" } } }, { webauthn: { config: securityKey() } }];
  const [plain, app, keyed] = await imported(services, key, kinds.map((credentials, n) => personOf(`model${String(n)}@bench.test`, credentials)));
  if (plain === undefined || app === undefined || keyed === undefined) throw new Error("nobody was imported");
  const [session, now] = [randomUUID(), services.clock.now()];
  await services.db.forProject(project.id).transaction(async (tx) => {
    await tx.insertSession({
      session: {
        id: session as string as SessionId, identityId: plain as IdentityId, kind: "browser", tokenHash: randomBytes(32).toString("hex"), aal: "aal1",
        methods: [{ method: "password", aal: "aal1", completedAt: now }], authenticatedAt: now, issuedAt: now, expiresAt: new Date(now.getTime() + 86_400_000), revokedAt: null,
      },
      device: { ipAddress: "192.0.2.1", userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" },
    });
    await tx.enqueueMessage({
      channel: "email", template: "recovery_code_valid", recipientHint: "m***@bench.test", recipientMac: null, sealed: "v1.bench",
      dedupe: "bench", identityId: plain as IdentityId, notBefore: now, expiresAt: null, at: now,
    });
  });
  const [message] = await services.db.forProject(project.id).listMessages({ limit: 1 });
  return { key, models: { projectId: project.id, plain, app, key: keyed, session, message: message?.id ?? "" } };
}

const HASH = `$argon2id$v=19$m=19456,t=2,p=1$${Buffer.alloc(16, 7).toString("base64").replace(/=+$/, "")}$${Buffer.alloc(32, 9).toString("base64").replace(/=+$/, "")}`;

export function personOf(email: string, credentials: object = {}): object {
  return { create: { schema_id: "preset://email", traits: { email }, credentials: { password: { config: { hashed_password: HASH } }, ...credentials } } };
}

/** A batch of the admin API; the ids of those who came in. Throws when somebody did not. */
export async function imported(services: Services, key: string, identities: readonly object[]): Promise<readonly string[]> {
  const exchange = await ask(services, key, "/admin/identities", 0);
  const request = new Request("http://localhost:4000/admin/identities", { method: "PATCH", headers: { "content-type": "application/json" }, body: JSON.stringify({ identities }) });
  const answer = (await (await batch(exchange, request, {})).json()) as { readonly identities: readonly { readonly identity?: string }[] };
  return answer.identities.map(({ identity }) => {
    if (identity === undefined) throw new Error(`somebody was not imported: ${JSON.stringify(answer.identities[0])}`);
    return identity;
  });
}

/** What a security key would have left behind: an elliptic key in COSE. */
function securityKey(): object {
  const { x = "", y = "" } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
  const cose = Buffer.concat([Buffer.from("a5010203262001215820", "hex"), Buffer.from(x, "base64url"), Buffer.from("225820", "hex"), Buffer.from(y, "base64url")]);
  return {
    user_handle: randomBytes(32).toString("base64"),
    credentials: [{ id: randomBytes(32).toString("base64"), public_key: cose.toString("base64"), attestation_type: "none", is_passwordless: false, display_name: "A key" }],
  };
}

/** Somebody of the console project who may change things. */
async function adminOf(services: Services): Promise<Admin> {
  const row = await services.db.platform.findConsoleProject();
  if (row === null) throw new Error("no console project");
  const [id, now, email] = [randomUUID() as string as IdentityId, services.clock.now(), `owner.${randomUUID()}@bench.test`];
  const identity = await services.db.forProject(row.id).transaction((tx) => tx.insertIdentity({
    id, schemaId: "preset://email", traits: { email }, at: now, verifiable: [{ value: email, via: "email" }], recovery: [{ value: email, via: "email" }],
  }));
  await services.db.platform.insertAdmin(id, "owner", now);
  return { identity, session: { id: randomUUID() as string as SessionId, identityId: id, kind: "browser", tokenHash: "", aal: "aal2", methods: [], devices: [], authenticatedAt: now, issuedAt: now, expiresAt: now, revokedAt: null } };
}
