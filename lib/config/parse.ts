import { DomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import type { ProjectKey } from "../model/ids";
import type { ProjectConfig } from "../model/project";
import { cookieConfig } from "./cookies";
import { corsConfig } from "./cors";
import { courierConfig } from "./courier";
import { enrolmentPrompt } from "./enrolment";
import { featureConfig, networkConfig } from "./features";
import { flowsConfig } from "./flows";
import { jsonnetInstalled } from "./jsonnet";
import { methodConfig } from "./methods";
import { createReader } from "./reader";
import type { Reader } from "./reader";
import { projectPolicy } from "./rules";
import { validateDocument } from "./schema";
import type { ConfigProblem } from "./schema";
import { identitySchemas } from "./schemas";
import { tokenizerTemplates } from "./tokenizer";
import { allowedReturnUrls, urlAt } from "./urls";

const DAY_MS = 86_400_000;

/** What a document cannot say about itself. `baseUrl` is absolute http(s), with or without a trailing slash. */
export interface ConfigPlace {
  readonly baseUrl: string;
  readonly projectKey: ProjectKey;
  /** The project's name: its brand until the document names another. */
  readonly name: string;
  /** Whether Jsonnet can be evaluated; absent: whether its addon is installed. */
  readonly jsonnet?: boolean;
  /** Already in force: what is refused only since it was saved is evaluated as docs/config.md says, and does not stop the project. */
  readonly stored?: boolean;
}

/**
 * Turns a saved document into a complete configuration: every key it leaves out has its default (docs/config.md).
 * Throws `config_invalid` with `details.problems: ConfigProblem[]` when anything in it cannot be honoured.
 */
export function parseProjectConfig(document: JsonObject, revision: number, place: ConfigPlace): ProjectConfig {
  refuseWith(validateDocument(document));
  const reader = createReader(document, { jsonnet: place.jsonnet ?? jsonnetInstalled(), stored: place.stored ?? false });
  const config = build(document, revision, place, reader);
  refuseWith(reader.problems);
  return config;
}

function refuseWith(problems: readonly ConfigProblem[]): void {
  if (problems.length > 0) throw new DomainError("config_invalid", { problems });
}

function build(document: JsonObject, revision: number, place: ConfigPlace, reader: Reader): ProjectConfig {
  const baseUrl = new URL(place.baseUrl).href.replace(/\/+$/, "");
  const brandName = reader.text("rung.brand.name") ?? place.name;
  const methods = methodConfig(reader, baseUrl, brandName);
  const { csrfCookieName, deviceCookieName, lastUsedCookieName, ...cookie } = cookieConfig(reader, baseUrl, place.projectKey);
  const lifespanMs = reader.durationMs("session.lifespan", DAY_MS);
  return {
    document, revision, baseUrl, methods, csrfCookieName, deviceCookieName, lastUsedCookieName,
    policy: projectPolicy(reader, methods),
    session: { lifespanMs, ...cookie },
    defaultReturnUrl: urlAt(reader, "selfservice.default_browser_return_url", baseUrl, "page") ?? `${baseUrl}/`,
    allowedReturnUrls: allowedReturnUrls(reader, baseUrl),
    ...flowsConfig(reader, baseUrl),
    ...identitySchemas(reader),
    revokeOthersOnCredentialChange: reader.flag("rung.sessions.revoke_others_on_credential_change", true),
    brand: { name: brandName },
    courier: courierConfig(reader, baseUrl, brandName),
    tokenizer: tokenizerTemplates(reader),
    enrolmentPrompt: enrolmentPrompt(reader),
    ...featureConfig(reader, lifespanMs),
    webHooks: networkConfig(reader),
    cors: corsConfig(reader),
  };
}
