/* Drafts of a configuration, and who a change of policy meets. Platform half. Implemented in drafts.ts and policy-shapes.ts. */
import type { AdminRole } from "../model/console";
import type { AuthenticationMethod } from "../model/assurance";
import type { JsonObject } from "../model/identity";
import type { IdentityId, ProjectId, SessionId } from "../model/ids";

/** A change that one admin prepares for one project; not in force. Its secrets rest sealed (lib/platform/sealed-config.ts). */
export interface DraftRow {
  readonly projectId: ProjectId;
  readonly authorId: IdentityId;
  /** The revision it was begun from. */
  readonly base: number;
  readonly document: JsonObject;
  readonly comment: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Live sessions that no decision can tell apart, as of one instant. */
export interface SessionShape {
  /** One entry for each method, level and provenance; its age stands for the bucket. */
  readonly methods: readonly (Pick<AuthenticationMethod, "method" | "aal"> & { readonly enrolled?: true; readonly ageBucket: number })[];
  readonly level: string;
  /** How old the session is: the index among `sessionAges` of the query. */
  readonly ageBucket: number;
  /** Which kinds of credentials its person has, as `SubjectShape.key`. */
  readonly subject: string;
  readonly sessions: number;
  /** Some of its people, at most 25. */
  readonly samples: readonly IdentityId[];
}
/** Active people whose credentials amount to the same under every configuration. */
export interface SubjectShape {
  readonly key: string;
  /** One of them: their real credentials stand for all. */
  readonly sample: IdentityId;
  readonly people: number;
}
export interface Shapes {
  readonly sessions: readonly SessionShape[];
  readonly subjects: readonly SubjectShape[];
}
export interface ShapesQuery {
  readonly now: Date;
  /** Ages in milliseconds, rising. A proof falls into bucket n when it is older than n of them. */
  readonly proofAges: readonly number[];
  readonly sessionAges: readonly number[];
  /** Told after every part how many people were read so far. */
  readonly progress?: (people: number) => void;
}

/** A person of the project with their newest live session, for a list of people. */
export interface PersonOfShape {
  readonly identityId: IdentityId;
  readonly address: string;
  readonly sessionId: SessionId | null;
  readonly isAdmin: boolean;
}

export type PersonQuery = { readonly limit: number; readonly now: Date } & ({ readonly prefix: string } | { readonly ids: readonly IdentityId[] });

export interface PolicyDb {
  findDraft(projectId: ProjectId, authorId: IdentityId): Promise<DraftRow | null>;
  /** Makes the author's draft of this project, or replaces it. */
  putDraft(draft: Omit<DraftRow, "createdAt" | "updatedAt"> & { readonly at: Date }): Promise<DraftRow>;
  /** True when there was one; with `updatedAt` only as it was left then. */
  dropDraft(projectId: ProjectId, authorId: IdentityId, updatedAt?: Date): Promise<boolean>;
  /** Everybody of a project in groups that no decision can tell apart. Reads every live session and every credential once, part by part. */
  listShapes(projectId: ProjectId, query: ShapesQuery): Promise<Shapes>;
  /**
   * Active people with their newest live session: by id, or by the beginning of an address or of what they sign in with. At most `limit`,
   * in the order of their address; of very many who fit, some.
   */
  listPeopleWithSessions(projectId: ProjectId, query: PersonQuery): Promise<readonly PersonOfShape[]>;
  /** People of this project who administer the installation: the console project's own, elsewhere those with an admin's address. */
  listAdminsAmong(projectId: ProjectId): Promise<readonly { readonly identityId: IdentityId; readonly adminId: IdentityId; readonly role: AdminRole }[]>;
}
