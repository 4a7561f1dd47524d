import type { PlatformDb } from "../db/handles";
import { isJsonObject } from "../config/schema";
import { DomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";
import type { ProjectConfig } from "../model/project";

/* What whoever runs the installation lets no project do, whatever its own configuration says (RUNG_PRIVATE_ADDRESSES, docs/config.md). */

export interface Ceiling {
  /** `forbidden`: no project reaches addresses inside the operator's network, neither with its requests nor with its mail. */
  readonly privateAddresses: "allowed" | "forbidden";
  /** Whether a host written as a number, or known to be this machine, is inside. Other names are judged when they are dialled. */
  readonly isInside: (host: string) => boolean;
}
interface Problem {
  readonly path: string;
  readonly message: string;
}

/** The platform's database, which takes no document that goes beyond the ceiling. Throws `config_invalid` with key, value and reason. */
export function withCeiling(platform: PlatformDb, ceiling: Ceiling): PlatformDb {
  if (ceiling.privateAddresses === "allowed") return platform;
  const within = (document: JsonObject): void => {
    const problems = problemsAbove(document, ceiling);
    if (problems.length > 0) throw new DomainError("config_invalid", { problems });
  };
  return {
    ...platform,
    async insertProject(project, revision) {
      within(revision.document);
      return platform.insertProject(project, revision);
    },
    async appendRevision(projectId, expected, revision, ...rest) {
      within(revision.document);
      return platform.appendRevision(projectId, expected, revision, ...rest);
    },
    async putDraft(draft) {
      within(draft.document);
      return platform.putDraft(draft);
    },
  };
}

/** A stored configuration as it counts: what goes beyond the ceiling is not honoured, and nothing else of it changes. */
export function underCeiling(config: ProjectConfig, { privateAddresses }: Pick<Ceiling, "privateAddresses">): ProjectConfig {
  if (privateAddresses === "allowed") return config;
  const { email } = config.courier;
  return {
    ...config, webHooks: { ...config.webHooks, allowPrivateRanges: false, privateExceptionUrls: [] },
    courier: { ...config.courier, email: email?.kind === "smtp" ? { ...email, publicOnly: true } : email },
  };
}

function problemsAbove(document: JsonObject, { isInside }: Ceiling): readonly Problem[] {
  const because = "whoever runs this server forbids projects to reach private addresses (RUNG_PRIVATE_ADDRESSES=forbidden).";
  const problems: Problem[] = [];
  if (at(document, "clients", "http", "disallow_private_ip_ranges") === false) {
    problems.push({ path: "/clients/http/disallow_private_ip_ranges", message: `must not be false: ${because}` });
  }
  const listed = at(document, "clients", "http", "private_ip_exception_urls");
  const exceptions: readonly unknown[] = Array.isArray(listed) ? listed : [];
  for (const [index, url] of exceptions.entries()) {
    problems.push({ path: `/clients/http/private_ip_exception_urls/${String(index)}`, message: `must not be "${String(url).slice(0, 200)}", nor any other: ${because}` });
  }
  const host = hostOf(at(document, "courier", "smtp", "connection_uri"));
  // The host alone: the rest of the address usually holds a password.
  if (host !== null && isInside(host)) problems.push({ path: "/courier/smtp/connection_uri", message: `must not name the mail server "${host}": ${because}` });
  return problems;
}

function hostOf(uri: JsonValue | undefined): string | null {
  return typeof uri === "string" && URL.canParse(uri) ? new URL(uri).hostname : null;
}

function at(document: JsonObject, ...keys: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const key of keys) value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}
