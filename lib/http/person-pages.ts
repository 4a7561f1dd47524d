import { nameOf } from "../identities/credential-name";
import { isEmpty, isRemovable } from "../identities/ways-in";
import type { AuditRecord } from "../model/audit";
import type { ConsoleProject } from "../model/console";
import type { FactorLine, PersonFacts, RecoveryOffer } from "../model/console-people";
import type { Credential } from "../model/credential";
import { isUuid } from "../model/ids";
import type { IdentityId } from "../model/ids";
import type { Project } from "../model/project";
import { deskOf } from "./admin-door";
import type { Exchange } from "./exchange";
import { addressOf, displayNameOf, maskAddress, summaryOf } from "./person";
import type { SessionSummary } from "./person";

export interface PersonPage {
  readonly project: ConsoleProject;
  readonly person: PersonFacts;
  readonly factors: readonly FactorLine[];
  readonly sessions: readonly SessionSummary[];
  readonly sessionTotal: number;
  readonly audit: readonly AuditRecord[];
  readonly recovery: RecoveryOffer;
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
  const { identity } = account;
  // A row without a password only keeps the names.
  const credentials = account.credentials.filter((credential) => !isEmpty(credential));
  const [{ sessions, total }, { rows }] = await Promise.all([
    handle.listSessions(identity.id, exchange.now, { offset: 0, limit: SESSIONS }), handle.searchAudit({ limit: AUDIT, identityId: identity.id }),
  ]);
  const { services } = exchange;
  const facts = services.subjectOf(credentials, project, identity);
  const factors = credentials.map((credential) => factorOf(credential, project, isRemovable(account, credential, project)));
  const verified = new Map(identity.verifiableAddresses.map((address) => [address.value, address.verified]));
  const recovery = new Set(identity.recoveryAddresses.map(({ value }) => value));
  const all = new Map([...identity.verifiableAddresses, ...identity.recoveryAddresses].map(({ value, via }) => [value, via]));
  const person: PersonFacts = {
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

function factorOf(credential: Credential, project: Project, removable: boolean): FactorLine {
  const { id, type, createdAt, lastUsedAt, enrolledAal } = credential;
  const codesLeft = credential.type === "lookup_secret" ? credential.codes.filter(({ usedAt }) => usedAt === null).length : null;
  return { id, type, name: nameOf(credential, project), addedAt: createdAt, lastUsedAt, enrolledAal, codesLeft, removable };
}

/** A document in lines: `name.first` is `Ada`. */
function flat(value: unknown, path = ""): readonly { readonly path: string; readonly value: string }[] {
  if (typeof value !== "object" || value === null) return [{ path, value: typeof value === "string" ? value : JSON.stringify(value) }];
  const entries = Object.entries(value);
  return entries.flatMap(([key, item]) => flat(item, path === "" ? key : `${path}.${key}`));
}

interface SummaryFacts {
  readonly project: Project;
  readonly person: PersonFacts;
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
