import { SignJWT } from "jose";
import { randomId } from "../crypto/token";
import type { ProjectHandle } from "../db/handles";
import { DomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";
import type { Project, TokenizerTemplate } from "../model/project";
import { SECOND_MS } from "../model/time";
import { atLeast, lastProvedAt } from "../policy/aal";
import { amrOf } from "./amr";
import type { KeySource } from "./key-source";
import type { SessionView } from "./read";
import type { Rotation, Signer, SigningKeys } from "./signing-keys";

/** What a token is made from: a session that was judged already, and its wire form for the claims a template names. */
export interface TokenFacts {
  readonly project: Project;
  readonly handle: ProjectHandle;
  readonly view: SessionView;
  readonly session: JsonObject;
  readonly identity: JsonObject;
  readonly now: Date;
}

/** Sessions as signed tokens (contract 7.4). */
export interface Tokenizer {
  /** Throws `unknown_tokenizer`, `bad_request` without the subject the template wants, `internal` and `unavailable` for its key. */
  tokenize(template: string, facts: TokenFacts): Promise<string>;
  /** The public keys of the project's managed templates, for `/.well-known/jwks.json`; none where no template is managed. */
  publicKeys(project: Project, handle: ProjectHandle, now: Date): Promise<readonly JsonObject[]>;
  /** A successor for the project's managed key. Answers its id. */
  rotateSigningKey(project: Project, handle: ProjectHandle, rotation: Omit<Rotation, "maxTtlMs">, now: Date): Promise<string | null>;
}

const MANAGED = "rung:managed";

export function createTokenizer(parts: { readonly signingKeys: SigningKeys; readonly keySource: KeySource }): Tokenizer {
  const { signingKeys, keySource } = parts;
  const signerOf = ({ jwksUrl }: TokenizerTemplate, { project, handle, now }: TokenFacts): Promise<Signer> =>
    jwksUrl === MANAGED ? signingKeys.signer(handle, longestTtl(project), now) : keySource.signer(project, jwksUrl, now);

  return {
    async tokenize(name, facts) {
      const templates = facts.project.config.tokenizer;
      const template = Object.hasOwn(templates, name) ? templates[name] : undefined;
      if (template === undefined) throw new DomainError("unknown_tokenizer");
      const claims = claimsOf(template, facts);
      const { kid, algorithm, key } = await signerOf(template, facts);
      return await new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid, typ: "JWT" }).sign(key);
    },
    async publicKeys(project, handle, now) {
      return managed(project).length === 0 ? [] : await signingKeys.published(handle, longestTtl(project), now);
    },
    rotateSigningKey: (project, handle, rotation, now) => signingKeys.rotate(handle, { ...rotation, maxTtlMs: longestTtl(project) }, now),
  };
}

/**
 * Rung's own claims win over a template's. `acr` is the level of the session and `auth_time` the newest proof at that level, so
 * a verifier that asks for both is never told of a fresh password beside an old second factor (U4, U5).
 * Differs from Kratos: `acr`, `aal`, `amr` and `auth_time` are there, and no token outlives its session.
 */
function claimsOf(template: TokenizerTemplate, { project, view, session, identity, now }: TokenFacts): Record<string, JsonValue> {
  const { session: row } = view;
  const issuedAt = seconds(now.getTime());
  const level = atLeast(row.aal, "aal2") ? "aal2" : "aal1";
  const provedAt = lastProvedAt(row.methods, level);
  const chosen: [string, JsonValue][] = [];
  for (const [name, path] of Object.entries(template.claims)) {
    const value = valueAt({ session, identity }, path.split("."));
    if (value !== undefined) chosen.push([name, value]);
  }
  return {
    ...Object.fromEntries(chosen),
    jti: randomId(), iss: project.config.baseUrl, sub: subjectOf(template, view), sid: row.id,
    iat: issuedAt, nbf: issuedAt, exp: Math.min(seconds(now.getTime() + template.ttlMs), seconds(row.expiresAt.getTime())),
    acr: row.aal, aal: row.aal, amr: [...amrOf(row.methods, view.identity, view.credentials)],
    auth_time: seconds(Number.isFinite(provedAt) ? provedAt : row.authenticatedAt.getTime()),
  };
}

function subjectOf({ subjectSource }: TokenizerTemplate, { identity }: SessionView): string {
  if (subjectSource === "id") return identity.id;
  if (identity.externalId === null) throw new DomainError("bad_request", { reason: "This template names people by their external id, and this one has none." });
  return identity.externalId;
}

/** A step of a path is an own member or nothing: never something inherited. */
function valueAt(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
  return valueAt((value as Readonly<Record<string, JsonValue>>)[step], rest);
}

function managed({ config }: Project): readonly TokenizerTemplate[] {
  return Object.values(config.tokenizer).filter(({ jwksUrl }) => jwksUrl === MANAGED);
}

function longestTtl(project: Project): number {
  return Math.max(0, ...managed(project).map(({ ttlMs }) => ttlMs));
}

function seconds(ms: number): number {
  return Math.floor(ms / SECOND_MS);
}
