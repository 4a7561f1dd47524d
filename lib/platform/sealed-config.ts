import { DOTS, maskCalled, maskUserInfo } from "../config/mask";
import type { KeyRing } from "../crypto/keys";
import type { NewRevision, PlatformDb, RevisionRow } from "../db/handles";
import type { JsonObject, JsonValue } from "../model/identity";
import type { ProjectId } from "../model/ids";

/** Before a sealed value; what carries no such mark was written before values were sealed, and is clear. */
const MARK = "rung-sealed:";
/**
 * Where a configuration holds secrets, as dotted patterns: `*` is one key or index, `**` any number of them. Every text at or
 * below such a place is sealed.
 */
const SECRET_PLACES: readonly string[] = [
  "selfservice.methods.oidc.config.providers.*.client_secret", "selfservice.methods.oidc.config.providers.*.apple_private_key",
  "selfservice.flows.**.hooks.*.config.auth.config.value", "selfservice.flows.**.hooks.*.config.auth.config.user",
  "selfservice.flows.**.hooks.*.config.auth.config.password", "selfservice.flows.**.hooks.*.config.headers",
  "selfservice.methods.password.config.migrate_hook", "session.whoami.tokenizer.templates.*.jwks_url",
  "courier.smtp.connection_uri", "courier.smtp.headers", "courier.http.request_config.auth.config", "courier.http.request_config.headers",
  "courier.channels.*.request_config.auth.config", "courier.channels.*.request_config.headers",
  "secrets", "dsn", "oauth2_provider",
];
/** Addresses that the server calls by itself. */
const CALLED_PLACES: readonly string[] = [
  "selfservice.flows.**.hooks.*.config.url", "courier.http.request_config.url", "courier.channels.*.request_config.url",
];
const PATTERNS = SECRET_PLACES.map(patternOf);
const CALLED = CALLED_PLACES.map(patternOf);

function patternOf(place: string): RegExp {
  const parts = place.split(".").map((part) => (part === "**" ? ".+" : part === "*" ? "[^.]+" : part));
  return new RegExp(`^${parts.join("\\.")}(\\.|$)`);
}

/**
 * The platform's database with the secrets of configurations sealed at rest: documents are sealed on their way in and opened on
 * their way out, so nobody above has to know. A value is bound to its project and its place in the document; moved elsewhere it
 * does not open. Reading throws `SealBroken` when the key ring does not hold the key.
 */
export function withSealedConfig(platform: PlatformDb, keys: KeyRing): PlatformDb {
  const seal = (projectId: ProjectId, revision: NewRevision): NewRevision => ({ ...revision, document: sealDocument(keys, projectId, revision.document) });
  const open = <T extends NewRevision>(projectId: ProjectId, revision: T): T => ({ ...revision, document: openDocument(keys, projectId, revision.document) });
  const openRow = (projectId: ProjectId, revision: RevisionRow | null): RevisionRow | null => (revision === null ? null : open(projectId, revision));
  return {
    ...platform,
    insertProject: (project, revision) => platform.insertProject(project, seal(project.id, revision)),
    appendRevision: async (projectId, expected, revision, audit, also) =>
      openRow(projectId, await platform.appendRevision(projectId, expected, seal(projectId, revision), audit, also)),
    findRevision: async (projectId, number) => openRow(projectId, await platform.findRevision(projectId, number)),
    listRevisions: async (projectId, query) => (await platform.listRevisions(projectId, query)).map((row) => open(projectId, row)),
    findDraft: async (projectId, authorId) => {
      const draft = await platform.findDraft(projectId, authorId);
      return draft === null ? null : { ...draft, document: openDocument(keys, projectId, draft.document) };
    },
    putDraft: async (draft) => {
      const stored = await platform.putDraft({ ...draft, document: sealDocument(keys, draft.projectId, draft.document) });
      return { ...stored, document: draft.document };
    },
  };
}

/** The document with every secret sealed. A text that looks sealed already is sealed like any other. */
export function sealDocument(keys: KeyRing, projectId: ProjectId, document: JsonObject): JsonObject {
  return mapSecrets(document, "", (text, path) => `${MARK}${keys.seal("config", text, [projectId, path])}`) as JsonObject;
}

/** The document as it was saved. Throws `SealBroken` for a value that was sealed elsewhere or under a lost key. */
export function openDocument(keys: KeyRing, projectId: ProjectId, document: JsonObject): JsonObject {
  return mapSecrets(document, "", (text, path) =>
    (text.startsWith(MARK) ? keys.open("config", text.slice(MARK.length), [projectId, path]) : text)) as JsonObject;
}

/**
 * The document to show: every secret is a row of dots, the same for all. Of addresses that are called, what stands before the host and
 * the values of the query are dots too: keys are often kept there.
 */
export function maskSecrets(document: JsonObject): JsonObject {
  const hidden = mapSecrets(document, "", (text) => (text === "" ? "" : DOTS)) as JsonObject;
  return mapTexts(hidden, "", (text, path) => (CALLED.some((pattern) => pattern.test(path)) ? maskCalled(text) : maskUserInfo(text))) as JsonObject;
}

/** True for a place, dotted, that holds a secret or lies below one that does. */
export function isSecretPlace(path: string): boolean {
  return PATTERNS.some((pattern) => pattern.test(path));
}

function mapSecrets(value: JsonValue, path: string, change: (text: string, path: string) => string): JsonValue {
  return mapTexts(value, path, (text, at) => (PATTERNS.some((pattern) => pattern.test(at)) ? change(text, at) : text));
}

function mapTexts(value: JsonValue, path: string, change: (text: string, path: string) => string): JsonValue {
  if (typeof value === "string") return change(value, path);
  if (typeof value !== "object" || value === null) return value;
  const below = (key: string): string => (path === "" ? key : `${path}.${key}`);
  if (isList(value)) return value.map((item, index) => mapTexts(item, below(String(index)), change));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, below(key), change)]));
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
