import type { FactorId } from "../model/assurance";
import type { JsonObject, JsonValue } from "../model/identity";
import type { AccessRequirement, ProjectPolicy, ProtectedPath } from "../model/policy";
import type { MethodConfig } from "../model/project";
import { enforcementOf } from "../policy/enforcement";
import { enrolmentPolicy } from "./enrolment";
import { aal2Methods, firstFactors } from "./methods";
import { boundedMs } from "./reader";
import type { Reader } from "./reader";
import { isJsonObject } from "./schema";

const HOUR_MS = 3_600_000;

/** The project's policy: the two enforcement keys, the privileged window, and everything under `rung` that raises a demand. */
export function projectPolicy(reader: Reader, methods: MethodConfig): ProjectPolicy {
  const model = (path: string): ProjectPolicy["signIn"] => enforcementOf(reader.text(path) === "aal1" ? "aal1" : "highest_available");
  const window = reader.durationMs("selfservice.flows.settings.privileged_session_max_age", HOUR_MS);
  const operations = reader.map("rung.operations").flatMap(([name, value]) => {
    const requirement = readRequirement(reader, `/rung/operations/${name}`, value, methods);
    return requirement === null ? [] : [[name, requirement] as const];
  });
  return {
    signIn: model("session.whoami.required_aal"),
    settings: model("selfservice.flows.settings.required_aal"),
    privilegedMaxAgeSeconds: window / 1000,
    protectedPaths: protectedPaths(reader, methods),
    operations: Object.fromEntries(operations),
    enrolment: enrolmentPolicy(reader, methods),
  };
}

function protectedPaths(reader: Reader, methods: MethodConfig): readonly ProtectedPath[] {
  const seen = new Set<string>();
  return reader.list("rung.protected_paths").flatMap((value, index) => {
    const at = `/rung/protected_paths/${index}`;
    const prefix = isJsonObject(value) ? value["prefix"] : undefined;
    const requirement = readRequirement(reader, at, value, methods);
    if (requirement === null || typeof prefix !== "string") return [];
    const plain = prefix.replace(/\/+$/, "") || "/";
    if (seen.has(plain)) reader.refuse(`${at}/prefix`, "stands twice in the list; which rule should win?");
    seen.add(plain);
    return [{ prefix, requirement }];
  });
}

function readRequirement(reader: Reader, at: string, value: JsonValue, methods: MethodConfig): AccessRequirement | null {
  if (!isJsonObject(value)) return null;
  const aal = value["required_aal"];
  if (aal !== "aal1" && aal !== "aal2" && aal !== "highest_available") return null;
  const accepted = acceptedMethods(value);
  const able = aal === "aal2" ? aal2Methods(methods) : [...firstFactors(methods), ...aal2Methods(methods)];
  if (!able.some((method) => accepted === null || accepted.includes(method))) {
    if (accepted === null) reader.refuse(`${at}/required_aal`, "demands aal2, but no method that can prove it is enabled; nobody could ever pass.");
    else reader.refuse(`${at}/methods`, `must list at least one enabled method that can prove ${aal}; nobody could ever pass.`, able);
  }
  const maxAge = value["max_age"];
  const maxAgeMs = typeof maxAge === "string" ? boundedMs(maxAge, `${at}/max_age`, reader.refuse) : null;
  return {
    aal,
    ...(maxAgeMs === null ? {} : { maxAgeSeconds: maxAgeMs / 1000 }),
    ...(accepted === null ? {} : { methods: accepted }),
  };
}

function acceptedMethods(value: JsonObject): readonly FactorId[] | null {
  const listed: unknown = value["methods"];
  return Array.isArray(listed) ? (listed as readonly FactorId[]) : null;
}
