import { formatDuration } from "../config/durations";
import { negotiatedText } from "./locale";
import type { RequiredAal } from "../model/assurance";
import { DomainError, isDomainError } from "../model/errors";
import type { Identity, JsonObject, JsonValue } from "../model/identity";
import type { EnforcementModel } from "../model/policy";
import type { Project } from "../model/project";
import type { Session } from "../model/session";
import { requiredAalOf } from "../policy/enforcement";
import { requireRole } from "../platform/admins";
import { adoptionOf } from "../platform/adoption";
import type { Adoption } from "../platform/adoption";
import { listRevisions, saveRevision } from "../platform/revisions";
import { acceptSetupLink, isSetupLinkOpen } from "../platform/setup-link";
import type { SetupOutcome } from "../platform/setup-link";
import { say } from "../wire/message";
import type { Exchange } from "./exchange";
import { storable } from "./odd-bytes";
import { addressOf } from "./person";

/* What the console's pages read and write, behind `requireConsoleAdmin`. Every write asks for the role again. */

export interface PathRule {
  readonly prefix: string;
  readonly requiredAal: RequiredAal;
  readonly maxAgeSeconds: number | null;
}
export interface TwoFactorPage {
  readonly project: { readonly slug: string; readonly name: string };
  readonly revision: number;
  readonly signIn: EnforcementModel;
  readonly settings: EnforcementModel;
  readonly protectedPaths: readonly PathRule[];
  readonly adoption: Adoption;
  readonly history: readonly {
    readonly number: number; readonly at: Date; readonly author: string; readonly comment: string | null; readonly summary: readonly string[];
  }[];
}
export interface TwoFactorInput {
  readonly signIn: EnforcementModel;
  readonly settings: EnforcementModel;
  readonly protectedPaths: readonly PathRule[];
  readonly comment: string;
}
export type TwoFactorSaved =
  | { readonly kind: "saved"; readonly revision: number }
  /** Somebody else saved first; nothing of `yours` was written. */
  | { readonly kind: "conflict"; readonly current: number; readonly changedBy: string; readonly yours: TwoFactorInput }
  | { readonly kind: "invalid"; readonly problems: readonly { readonly path: string; readonly message: string }[] };

/** Who is asking: made by `requireConsoleAdmin` alone. */
export interface Admin {
  readonly session: Session;
  readonly identity: Identity;
}

const HISTORY = 20;

export async function listProjects({ services }: Exchange): Promise<readonly { readonly slug: string; readonly name: string }[]> {
  return (await services.db.platform.listProjects()).map(({ slug, name }) => ({ slug, name }));
}

export async function readTwoFactor(exchange: Exchange, slug: string): Promise<TwoFactorPage | null> {
  const { services, now } = exchange;
  const project = await services.resolver.bySlug(slug);
  if (project === null) return null;
  const { policy, revision } = project.config;
  const [adoption, revisions] = await Promise.all([
    adoptionOf(services.db.platform, project, now), listRevisions(services.db.platform, project.row, { limit: HISTORY }),
  ]);
  return {
    project: { slug: project.row.slug, name: project.row.name }, revision, signIn: policy.signIn, settings: policy.settings, adoption,
    protectedPaths: policy.protectedPaths.map(({ prefix, requirement }) => ({
      prefix, requiredAal: requirement.aal, maxAgeSeconds: requirement.maxAgeSeconds ?? null,
    })),
    history: revisions.map(({ number, at, author, comment, summary }) => ({
      number, at, author: author.label, comment: comment === "" ? null : comment, summary: summary.split("\n").filter((line) => line !== ""),
    })),
  };
}

/** Saves against the revision the page was read at. A lost race writes nothing and says who was first. */
export async function writeTwoFactor(exchange: Exchange, admin: Admin, slug: string, expected: number, input: TwoFactorInput): Promise<TwoFactorSaved> {
  const { services, now, device } = exchange;
  const { platform } = services.db;
  await requireRole(platform, admin.identity.id, "change");
  const project = await services.resolver.bySlug(slug);
  if (project === null) throw new DomainError("not_found");
  try {
    const before = await platform.findRevision(project.row.id, expected);
    if (before === null) throw new DomainError("revision_conflict", { expected, current: project.config.revision });
    const saved = await saveRevision({
      platform, row: project.row, baseUrl: services.resolver.baseUrlOf(project.row), expected, document: changed(before.document, input),
      author: { kind: "admin", id: admin.identity.id, label: addressOf(admin.identity) ?? "an admin" }, comment: storable(input.comment),
      ipAddress: device.ipAddress, sessionId: admin.session.id, now,
    });
    return { kind: "saved", revision: saved.revision.number };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    if (error.code === "config_invalid") return { kind: "invalid", problems: problemsOf(error) };
    if (error.code === "revision_conflict") return conflict(exchange, project, input);
    throw error;
  }
}

async function conflict({ services }: Exchange, project: Project, yours: TwoFactorInput): Promise<TwoFactorSaved> {
  const [newest] = await listRevisions(services.db.platform, project.row, { limit: 1 });
  return { kind: "conflict", current: newest?.number ?? project.config.revision, changedBy: newest?.author.label ?? "", yours };
}

/** The document with the page's four choices in it; a rule's other members (its methods) stay where its prefix stays. */
function changed(document: JsonObject, input: TwoFactorInput): JsonObject {
  const rules = objectAt(document, "rung");
  const known = Array.isArray(rules["protected_paths"]) ? (rules["protected_paths"] as readonly JsonValue[]).filter(isObject) : [];
  const paths = input.protectedPaths.map(({ prefix, requiredAal, maxAgeSeconds }): JsonObject => {
    const { max_age: _age, ...kept } = known.find((rule) => rule["prefix"] === prefix) ?? {};
    return { ...kept, prefix, required_aal: requiredAal, ...(maxAgeSeconds === null ? {} : { max_age: formatDuration(maxAgeSeconds * 1_000) }) };
  });
  const session = objectAt(document, "session");
  const selfservice = objectAt(document, "selfservice");
  const flows = objectAt(selfservice, "flows");
  return {
    ...document,
    session: { ...session, whoami: { ...objectAt(session, "whoami"), required_aal: requiredAalOf(input.signIn) } },
    selfservice: { ...selfservice, flows: { ...flows, settings: { ...objectAt(flows, "settings"), required_aal: requiredAalOf(input.settings) } } },
    rung: { ...rules, protected_paths: paths },
  };
}

/** May this set-up token still be used? Consumes nothing. */
export async function setupLinkState({ services, now }: Exchange, token: string): Promise<"valid" | "invalid"> {
  return (await isSetupLinkOpen(services.db.platform, token, now)) ? "valid" : "invalid";
}

export interface SetupInput {
  readonly token: string;
  readonly email: string;
  readonly password: string;
}
export type SetupAnswer =
  | { readonly kind: "ok" }
  | { readonly kind: "link_invalid" }
  | { readonly kind: "rejected"; readonly problems: readonly { readonly field: string; readonly message: string }[] };

/** Makes the visitor of a set-up link an owner; the same attempt limits as any sign-in. */
export async function acceptSetupInput(exchange: Exchange, input: SetupInput): Promise<SetupAnswer> {
  const { services, handle, project, device, now } = exchange;
  const text = negotiatedText(exchange.headers);
  const budget = await services.limitsFor(handle).chargeSource(device.ipAddress, now);
  if (budget.kind === "wait") {
    const message = text.message(say.generic("too_many_attempts_wait", { seconds: budget.retryAfterSeconds }));
    return { kind: "rejected", problems: [{ field: "", message }] };
  }
  try {
    const outcome = await acceptSetupLink({
      platform: services.db.platform, consoleHandle: handle, project, passwords: services.passwords, ipAddress: device.ipAddress, now,
      limits: services.limitsFor(handle), ...input, email: storable(input.email),
    });
    if (outcome.kind === "accepted") return { kind: "ok" };
    return { kind: "rejected", problems: [{ field: outcome.field, message: text.message(problemMessage(outcome, input)) }] };
  } catch (error) {
    if (isDomainError(error) && error.code === "setup_link_invalid") return { kind: "link_invalid" };
    throw error;
  }
}

function problemMessage(outcome: Extract<SetupOutcome, { kind: "rejected" }>, input: SetupInput) {
  const actualLength = Array.from(input.password).length;
  switch (outcome.problem) {
    case "email_invalid": return say.notEmail(input.email);
    case "email_taken": return say.identifierTaken();
    case "password_too_short": return say.passwordTooShort({ minLength: outcome.minLength ?? 8, actualLength });
    case "password_too_long": return say.passwordTooLong({ maxLength: 1_024, actualLength });
    case "password_unprintable": return say.passwordRefused("password_control_character");
    case "password_listed": return say.passwordBreached();
  }
}

function problemsOf(error: DomainError): readonly { readonly path: string; readonly message: string }[] {
  const { problems } = error.details;
  if (!Array.isArray(problems)) return [];
  return problems.filter(isObject).map((problem) => ({ path: String(problem["path"] ?? ""), message: String(problem["message"] ?? "") }));
}

function objectAt(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
