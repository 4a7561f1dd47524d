import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { relative, isAbsolute, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { calculateJwkThumbprint, importJWK } from "jose";
import type { JWK } from "jose";
import { DomainError, isDomainError } from "../model/errors";
import type { Project, ProjectConfig } from "../model/project";
import { addMs, MINUTE_MS } from "../model/time";
import type { Signer } from "./signing-keys";

/** Reads a key set of the project's own, from where its configuration says: `base64://`, `file://`, `https://`. */
export interface KeySource {
  /** The set's first key signs. Read again after a minute, so a rotation made elsewhere counts. */
  signer(project: Project, url: string, now: Date): Promise<Signer>;
}

/** GETs a private key set; refuses what the project's configuration does not let it call. */
export type FetchText = (url: string, network: ProjectConfig["webHooks"]) => Promise<string>;

/** Only asymmetric signatures, each with the one key type that makes it: nothing else is ever named in a token (ASVS 9.1.2). */
const ALGORITHM_OF: Readonly<Record<string, readonly string[]>> = {
  "EC P-256": ["ES256"], "EC P-384": ["ES384"], "EC P-521": ["ES512"], "OKP Ed25519": ["EdDSA"],
  "RSA": ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
};
const RSA_MIN_BYTES = 256;
const SET_MAX_BYTES = 65_536;
const READ_AGAIN_MS = MINUTE_MS;
/** While the source does not answer, the last key goes on for so long and no longer. */
const KEPT_MS = 10 * MINUTE_MS;
const SOURCES_MAX = 500;

interface Loaded {
  readonly signer: Signer;
  readonly at: Date;
}

/** `directory`: the one place that files are read from, chosen by whoever runs the server; null: none is ever opened. */
export function createKeySource(fetchText: FetchText, directory: string | null = null): KeySource {
  const known = new Map<string, Loaded>();
  const loading = new Map<string, Promise<Loaded>>();

  const load = (name: string, project: Project, url: string, now: Date): Promise<Loaded> => {
    const running = loading.get(name) ?? read(url, project, fetchText, directory).then(signerOf).then((signer) => ({ signer, at: now })).finally(() => loading.delete(name));
    loading.set(name, running);
    return running;
  };

  return {
    async signer(project, url, now) {
      // What one project may read is nothing that another has read.
      const name = `${project.row.id} ${url}`;
      const last = known.get(name);
      if (last !== undefined && addMs(last.at, READ_AGAIN_MS) > now) return last.signer;
      try {
        const fresh = await load(name, project, url, now);
        if (known.size >= SOURCES_MAX) known.clear();
        known.set(name, fresh);
        return fresh.signer;
      } catch (error) {
        if (last !== undefined && addMs(last.at, KEPT_MS) > now) return last.signer;
        throw error;
      }
    },
  };
}

async function read(url: string, { config }: Project, fetchText: FetchText, directory: string | null): Promise<string> {
  if (url.startsWith("base64://")) return Buffer.from(url.slice("base64://".length), "base64").toString("utf8");
  try {
    if (!url.startsWith("file:")) return await fetchText(url, config.webHooks);
    return await readBelow(directory, url);
  } catch (cause) {
    if (isDomainError(cause)) throw cause;
    throw new DomainError("unavailable", { retryAfterSeconds: 5 }, { cause });
  }
}

/** Links are followed before the place is judged. Whoever writes a configuration opens no other file, and no device that never ends. */
async function readBelow(directory: string | null, url: string): Promise<string> {
  if (directory === null) throw unusable("lies in a file, and files are read only below RUNG_KEY_DIRECTORY, which is not set");
  const path = await realpath(fileURLToPath(url));
  const inside = relative(await realpath(directory), path);
  if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) throw unusable("lies outside RUNG_KEY_DIRECTORY");
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    if (!(await file.stat()).isFile()) throw unusable("is no file");
    const buffer = Buffer.alloc(SET_MAX_BYTES + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < buffer.length; length += read) ({ bytesRead: read } = await file.read(buffer, length, buffer.length - length));
    if (length > SET_MAX_BYTES) throw new Error("the key set is too large");
    return buffer.toString("utf8", 0, length);
  } finally {
    await file.close();
  }
}

/** Nothing of the set is in any error: it is private. */
async function signerOf(text: string): Promise<Signer> {
  const [jwk] = keysOf(text);
  if (jwk === undefined) throw unusable("is no key set");
  const { kty = "", crv, d, use, n = "" } = jwk;
  const allowed = ALGORITHM_OF[crv === undefined ? kty : `${kty} ${crv}`] ?? [];
  const algorithm = jwk.alg ?? allowed[0];
  if (algorithm === undefined || !allowed.includes(algorithm)) throw unusable("begins with a key of a kind that signs nothing here");
  if (d === undefined || (use !== undefined && use !== "sig")) throw unusable("begins with a key that is not for signing");
  if (kty === "RSA" && Buffer.from(n, "base64url").length < RSA_MIN_BYTES) throw unusable("begins with an RSA key below 2048 bits");
  const key = await importJWK(jwk, algorithm).catch(() => null);
  if (key === null || key instanceof Uint8Array) throw unusable("begins with a key that cannot be read");
  return { kid: jwk.kid ?? await calculateJwkThumbprint(jwk), algorithm, key };
}

function keysOf(text: string): readonly JWK[] {
  try {
    const { keys } = JSON.parse(text) as { readonly keys?: unknown };
    return Array.isArray(keys) ? keys.filter((key): key is JWK => typeof key === "object" && key !== null) : [];
  } catch {
    return [];
  }
}

function unusable(what: string): DomainError {
  return new DomainError("internal", { reason: `The key set of this template ${what}.` });
}
