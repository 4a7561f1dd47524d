import type { JsonObject, JsonValue } from "../model/identity";
import { canonicalDocument, completeDocument } from "./complete";
import { defaultValues } from "./default-values";
import { effectWarnings, platformWarnings, withoutPlatformKeys } from "./effects";
import type { ConfigWarning } from "./effects";
import { parseProjectConfig } from "./parse";
import type { ConfigPlace } from "./parse";
import { isJsonObject } from "./schema";
import { escapeSegment } from "./sentences";

/** Defaults follow one key at most, which follows none. */
const MAX_ROUNDS = 4;

export interface ConfigUpdate {
  /** What is to be stored. Parsed already: it is a whole configuration. */
  readonly document: JsonObject;
  readonly warnings: readonly ConfigWarning[];
}

/**
 * A whole new identity-config in the place of `stored` (contract/admin.md 2.4): keys that `given` leaves out return to their
 * defaults, keys that the platform owns are ignored with a warning, and stay as they are. What `given` merely repeats of the
 * complete form is not written down, so that reading a configuration and sending it back changes nothing, and defaults that
 * follow the project's address go on following it.
 *
 * `touched`, pointers, after a patch: only those are meant; defaults that follow a changed key follow it, and warnings are about
 * what changed. Without it everything that is given is meant. Throws `config_invalid`.
 */
export function updateDocument(stored: JsonObject, given: JsonObject, place: ConfigPlace, touched: readonly string[] | null = null): ConfigUpdate {
  const { document: wanted, dropped } = withoutPlatformKeys(given);
  parseProjectConfig(wanted, 1, place);
  const before = completeDocument(stored, place);
  const after = completeDocument(wanted, place);
  const { document: own } = withoutPlatformKeys(stored);
  const changed = carried(own, before, after, canonicalDocument(defaultValues(wanted, place)));
  const meant = (path: string): boolean => touched === null || touched.some((one) => path === one || path.startsWith(`${one}/`));
  const document = withPlatformKeys(settled(changed, after, place, meant), stored);
  parseProjectConfig(document, 1, place);
  const warnings = [...platformWarnings(dropped), ...effectWarnings(after, touched === null ? null : before)];
  return { document, warnings };
}

/** Of every key: what is stored where nothing changed, nothing where the default is wanted, else what is wanted. */
function carried(stored: JsonObject, before: JsonObject, after: JsonObject, defaults: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const [key, wanted] of Object.entries(after)) {
    const had = own(stored, key);
    const was = own(before, key);
    const otherwise = own(defaults, key);
    if (isJsonObject(wanted) && (was === undefined || isJsonObject(was))) {
      const group = carried(isJsonObject(had) ? had : {}, was ?? {}, wanted, isJsonObject(otherwise) ? otherwise : {});
      // A group that means something by being there (an entry of a map) has no default; an empty one of ours has.
      const idle = Object.keys(group).length === 0 && (otherwise !== undefined || Object.keys(wanted).length > 0);
      if (!idle || (had !== undefined && same(had, group))) result[key] = group;
    } else if (same(wanted, was)) {
      if (had !== undefined) result[key] = had;
    } else if (!same(wanted, otherwise)) result[key] = wanted;
  }
  return result;
}

/** With a value written down wherever a default follows another key to somewhere else than what is meant. */
function settled(document: JsonObject, after: JsonObject, place: ConfigPlace, meant: (path: string) => boolean): JsonObject {
  let result = document;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = pinned(result, completeDocument(result, place), after, "", meant);
    if (same(next, result)) return next;
    result = next;
  }
  return result;
}

function pinned(document: JsonObject, now: JsonObject, after: JsonObject, path: string, meant: (path: string) => boolean): JsonObject {
  const result: Record<string, JsonValue> = { ...document };
  for (const [key, wanted] of Object.entries(after)) {
    const [had, is, at] = [own(document, key), own(now, key), `${path}/${escapeSegment(key)}`];
    if (isJsonObject(wanted) && isJsonObject(is)) {
      const group = pinned(isJsonObject(had) ? had : {}, is, wanted, at, meant);
      if (had !== undefined || Object.keys(group).length > 0) result[key] = group;
    } else if (!same(wanted, is) && meant(at)) result[key] = wanted;
  }
  return result;
}

function withPlatformKeys(document: JsonObject, stored: JsonObject): JsonObject {
  const { document: own } = withoutPlatformKeys(stored);
  const others = Object.fromEntries(Object.entries(stored).filter(([key]) => !Object.hasOwn(own, key)));
  const serve = stored["serve"];
  if (!isJsonObject(serve) || !Object.hasOwn(own, "serve")) return { ...document, ...others };
  const face = isJsonObject(serve["public"]) ? serve["public"] : {};
  const given = isJsonObject(document["serve"]) && isJsonObject(document["serve"]["public"]) ? document["serve"]["public"]["cors"] : undefined;
  const { cors: _cors, ...rest } = face;
  return { ...document, ...others, serve: { ...serve, public: { ...rest, ...(given !== undefined && { cors: given }) } } };
}

function same(left: JsonValue, right: JsonValue | undefined): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function own(document: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(document, key) ? document[key] : undefined;
}
