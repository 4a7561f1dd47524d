import type { AssuranceLevel, FactorId } from "../model/assurance";
import type { AuditRecord } from "../model/audit";
import type { Credential } from "../model/credential";
import { isUuid } from "../model/ids";
import type { IdentityId } from "../model/ids";
import type { Project } from "../model/project";
import { deskOf } from "./admin-door";
import type { Exchange } from "./exchange";
import { addressOf, displayNameOf, maskAddress, summaryOf } from "./person";
import type { SessionSummary } from "./person";

/** A factor as the console shows it: what, which, since when. Never a secret. */
export interface FactorLine {
  /** Names the row that would go. */
  readonly id: string;
  readonly type: FactorId;
  /** What the person or the provider calls it; null where there is nothing to tell apart. */
  readonly name: string | null;
  readonly addedAt: Date;
  readonly lastUsedAt: Date | null;
  /** Level of the session that enrolled it. */
  readonly enrolledAal: "aal1" | "aal2" | null;
  /** Of recovery codes. */
  readonly codesLeft: number | null;
  /** False: without it nobody could sign in any more. */
  readonly removable: boolean;
}
export interface PersonPage {
  readonly project: { readonly slug: string; readonly name: string };
  readonly person: {
    readonly id: string; readonly displayName: string; readonly state: "active" | "inactive"; readonly schemaId: string; readonly externalId: string | null;
    readonly createdAt: Date; readonly updatedAt: Date;
    /** Traits, one line each, in the order of the document. */
    readonly traits: readonly { readonly path: string; readonly value: string }[];
    readonly addresses: readonly { readonly value: string; readonly via: "email" | "sms"; readonly verified: boolean; readonly recovery: boolean }[];
    readonly availableAal: AssuranceLevel;
  };
  readonly factors: readonly FactorLine[];
  readonly sessions: readonly SessionSummary[];
  readonly sessionTotal: number;
  readonly audit: readonly AuditRecord[];
  readonly recovery: { readonly code: boolean; readonly link: boolean };
  /** Facts without secrets and without whole addresses, for a ticket. */
  readonly summary: string;
}

const SESSIONS = 50;
const AUDIT = 20;
/** Whatever somebody put into their traits, the page stays a page. */
const TRAITS = 100;

/** Everything about one person. Null: no such project, or nobody in it has this id. */
export async function readPerson(exchange: Exchange, slug: string, id: string): Promise<PersonPage | null> {
  const desk = isUuid(id) ? await deskOf(exchange, slug) : null;
  if (desk === null) return null;
  const { project, handle } = desk;
  const account = await handle.findAccount(id as IdentityId);
  if (account === null) return null;
  const { identity, credentials } = account;
  const [{ sessions, total }, { rows }] = await Promise.all([
    handle.listSessions(identity.id, exchange.now, { offset: 0, limit: SESSIONS }), handle.searchAudit({ limit: AUDIT, identityId: identity.id }),
  ]);
  const { services } = exchange;
  const facts = services.subjectOf(credentials, project, identity);
  const factors = credentials.map((credential) => factorOf(credential, project, isRemovable(exchange, project, account, credential)));
  const verified = new Map(identity.verifiableAddresses.map((address) => [address.value, address.verified]));
  const recovery = new Set(identity.recoveryAddresses.map(({ value }) => value));
  const all = new Map([...identity.verifiableAddresses, ...identity.recoveryAddresses].map(({ value, via }) => [value, via]));
  const person: PersonPage["person"] = {
    id: identity.id, displayName: displayNameOf(identity), state: identity.state, schemaId: identity.schemaId, externalId: identity.externalId,
    createdAt: identity.createdAt, updatedAt: identity.updatedAt, availableAal: facts.availableAal, traits: flat(identity.traits).slice(0, TRAITS),
    addresses: [...all].map(([value, via]) => ({ value, via, verified: verified.get(value) ?? false, recovery: recovery.has(value) })),
  };
  const on = project.config.flows.recovery.enabled && identity.state === "active";
  return {
    project: { slug: project.row.slug, name: project.row.name }, person, factors, sessions: sessions.map(summaryOf), sessionTotal: total, audit: rows,
    recovery: { code: on && project.config.methods.code.enabled, link: on && project.config.methods.link.enabled },
    summary: summaryText({ project, person, factors, address: addressOf(identity), live: total, newest: sessions[0] === undefined ? null : summaryOf(sessions[0]), exchange }),
  };
}

type Account = NonNullable<Awaited<ReturnType<Exchange["handle"]["findAccount"]>>>;

/** Somebody keeps a way to sign in: what is their only one is not removed here. */
export function isRemovable({ services }: Pick<Exchange, "services">, project: Project, { identity, credentials }: Account, credential: Credential): boolean {
  const opens = (left: readonly Credential[]): boolean =>
    services.subjectOf(left, project, identity).usable.some(({ method, aal }) => aal === "aal1" || method === "passkey" || method === "oidc");
  return !opens(credentials) || opens(credentials.filter(({ id }) => id !== credential.id));
}

function factorOf(credential: Credential, project: Project, removable: boolean): FactorLine {
  const { id, type, createdAt, lastUsedAt, enrolledAal } = credential;
  const codesLeft = credential.type === "lookup_secret" ? credential.codes.filter(({ usedAt }) => usedAt === null).length : null;
  return { id, type, name: nameOf(credential, project), addedAt: createdAt, lastUsedAt, enrolledAal, codesLeft, removable };
}

/** The name of a key, the provider of a linked account, what somebody types to sign in. */
export function nameOf(credential: Credential, project: Project): string | null {
  if (credential.type === "totp" || credential.type === "lookup_secret") return null;
  if (credential.type === "password") return credential.identifiers.length === 0 ? null : credential.identifiers.join(", ");
  const { name, provider } = credential.document;
  if (credential.type === "oidc") {
    return typeof provider !== "string" ? null : project.config.methods.oidc.providers.find((one) => one.id === provider)?.label ?? provider;
  }
  if (typeof name === "string" && name !== "") return name;
  return credential.type === "code" && credential.identifiers.length > 0 ? credential.identifiers.join(", ") : null;
}

/** A document in lines: `name.first` is `Ada`. */
function flat(value: unknown, path = ""): readonly { readonly path: string; readonly value: string }[] {
  if (typeof value !== "object" || value === null) return [{ path, value: typeof value === "string" ? value : JSON.stringify(value) }];
  const entries = Object.entries(value);
  return entries.flatMap(([key, item]) => flat(item, path === "" ? key : `${path}.${key}`));
}

interface SummaryFacts {
  readonly project: Project;
  readonly person: PersonPage["person"];
  readonly factors: readonly FactorLine[];
  readonly address: string | null;
  readonly live: number;
  readonly newest: SessionSummary | null;
  readonly exchange: Exchange;
}
/** In English, whoever reads it: tickets travel. */
function summaryText({ project, person, factors, address, live, newest, exchange }: SummaryFacts): string {
  const counts = new Map<string, number>();
  for (const { type, codesLeft } of factors) counts.set(type, (counts.get(type) ?? 0) + (codesLeft ?? 1));
  return [
    `Project: ${project.row.name} (${project.row.slug}), revision ${String(project.config.revision)}`,
    `Person: ${person.id}${address === null ? "" : `, ${maskAddress(address)}`}`,
    `State: ${person.state}, created ${person.createdAt.toISOString()}`,
    `Addresses: ${String(person.addresses.filter(({ verified }) => verified).length)} of ${String(person.addresses.length)} verified`,
    `Factors: ${counts.size === 0 ? "none" : [...counts].map(([type, count]) => `${type} x${String(count)}`).join(", ")}; can reach ${person.availableAal}`,
    `Live sessions: ${String(live)}${newest === null ? "" : `, newest ${newest.aal} from ${newest.authenticatedAt.toISOString()}`}`,
    `Enforcement: sign-in ${project.config.policy.signIn}, settings ${project.config.policy.settings}`,
    `Made at ${exchange.now.toISOString()}, request ${exchange.requestId}`,
  ].join("\n");
}
