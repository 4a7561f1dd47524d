import type { KeyRing } from "../crypto/keys";
import type { ProjectDb, ProjectReads } from "../db/handles";
import type { AuthenticationMethod, FactorId } from "../model/assurance";
import type { Credential } from "../model/credential";
import type { FlowInternal, LoginFlow, RegistrationFlow, SettingsFlow } from "../model/flow";
import type { AddressChannel, Identity, JsonObject, TraitFacts } from "../model/identity";
import type { Locale } from "../i18n/locale";
import type { IdentityId } from "../model/ids";
import type { Message } from "../model/message";
import type { Node, NodeGroup } from "../model/node";
import type { FactorCount, UsableMethod } from "../model/policy";
import type { HttpRequestConfig, MethodConfig, OidcProviderConfig, Project, ProjectConfig } from "../model/project";
import type { IdTokenReading } from "../model/upstream";

export interface Factor {
  /** The wire's `method`. */
  readonly id: FactorId;
  readonly group: NodeGroup;
  readonly enabled: (config: MethodConfig) => boolean;
  /**
   * Pure. How many usable first and second factors these credentials (of every type; the factor picks its own) amount to. `identity`:
   * whose they are, where addresses may stand in for a credential.
   */
  count(credentials: readonly Credential[], config: MethodConfig, identity?: Identity): FactorCount;
  /** Pure. What the person could prove now with this factor, and the level it earns; empty when `count` is zero. */
  usable(credentials: readonly Credential[], config: MethodConfig, identity?: Identity): readonly UsableMethod[];
  readonly login?: LoginCapability;
  readonly registration?: RegistrationCapability;
  readonly settings?: SettingsCapability;
}

/** `db` only reads: a factor writes through the commit it returns. */
export interface FactorContext {
  readonly project: Project;
  readonly config: MethodConfig;
  readonly db: ProjectReads;
  readonly keys: KeyRing;
  readonly passwords: PasswordHasher;
  /** Asks the older system of `password.migrateHook`. Throws `hook_failed`, `hook_timeout`. */
  readonly askOlderSystem: (hook: HttpRequestConfig, typed: { readonly identifier: string; readonly password: string }, network: ProjectConfig["webHooks"]) => Promise<boolean>;
  /** Judges the ID token that an app brought (lib/upstream). */
  readonly readIdToken: (provider: OidcProviderConfig, token: string, nonce: string, project: Project, now: Date) => Promise<IdTokenReading>;
  readonly now: Date;
  /** The language of messages that this request causes to be sent. */
  readonly locale: Locale;
}

/** The process's one hash semaphore (lib/crypto/password.ts), handed in so that factors stay testable. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** `known: null` still costs one hash (an unknown person). `rehash`: stored parameters are not the current ones. */
  verify(known: string | null, password: string): Promise<{ readonly ok: boolean; readonly rehash: boolean }>;
  /** Small Argon2id of a recovery code under its set's salt; base64url. */
  hashLookupCode(code: string, salt: string): Promise<string>;
  /** True when the password is listed as known or compromised; compares the whole password, any letter case. */
  isListed(password: string): boolean;
}

/** Form nodes, plus what the server must remember until the answer comes. `internal` is merged into the flow's. */
export interface Prepared {
  readonly nodes: readonly Node[];
  readonly internal?: Partial<FlowInternal>;
}

/** Runs first in the completing transaction. False: someone else was first, and nothing is granted. */
export type Commit = (tx: ProjectDb) => Promise<boolean>;

export interface Rejected {
  readonly kind: "rejected";
  readonly messages: readonly Message[];
  /** Node name the messages belong to; absent: the container. */
  readonly field?: string;
  /** False when nothing secret was guessed (a missing field): the attempt is given back. Default true. */
  readonly counts?: boolean;
  /** Nodes of the form with the same names become these: a ceremony that was answered, right or wrong, is not asked again. */
  readonly prepared?: Prepared;
  readonly alarm?: Alarm;
  /** Which check refused it: for the audit log, never for the answer. */
  readonly because?: string;
}

/** A refusal that is news: `commit` runs with it, it is audited under `action`, and the owner is told. Where `commit` answers false it is none. */
export interface Alarm {
  readonly identityId: IdentityId;
  /** `factor.cloned` */
  readonly action: string;
  /** What the person calls it. */
  readonly label: string;
  readonly commit: Commit;
}

/** A code or a message that leaves the house: what the engine charges the send budgets for (lane L5). */
export interface Recipient {
  readonly via: AddressChannel;
  /** Normalised address, known or not: both are charged alike. */
  readonly value: string;
}

/**
 * A secret is on its way. The flow becomes `sent_email`: `prepared.nodes` replace all its nodes, `messages` its messages. `commit`
 * stores and enqueues; for an unknown person it does nothing, and everything else looks the same.
 */
export interface ChallengeSent {
  readonly kind: "challenge_sent";
  readonly prepared: Prepared;
  readonly messages: readonly Message[];
  readonly recipient: Recipient;
  readonly commit: Commit;
}
/** Another screen of the same flow, nothing verified yet (a passwordless key's second screen). Replaces all nodes. */
export interface NextScreen {
  readonly kind: "next_screen";
  readonly prepared: Prepared;
  readonly messages: readonly Message[];
  /** A page goes to the flow's page; a script gets 422 `browser_location_change_required` instead of 400. */
  readonly navigates: boolean;
}
/** The browser must go to an identity provider; `internal` is stored before it leaves. */
export interface GoUpstream {
  readonly kind: "go_upstream";
  readonly to: URL;
  readonly internal?: Partial<FlowInternal>;
}

export interface LoginStep {
  readonly flow: LoginFlow;
  readonly level: "first" | "second";
  /** Whose step it is: null at the first step of a sign-in. */
  readonly identity: Identity | null;
  readonly credentials: readonly Credential[];
  /** Completed methods of the session that a refresh or second step belongs to: an address that proved one of them proves no other (J5). */
  readonly methods: readonly AuthenticationMethod[];
}
export interface LoginCapability {
  readonly levels: readonly ("first" | "second")[];
  /** Secrets a stranger could guess by typing share one wait (security.md part 6); keys and passkeys never wait. */
  readonly typed: boolean;
  nodes(step: LoginStep, ctx: FactorContext): Promise<Prepared>;
  /** Whose secret a first-level attempt tries, before anything is verified; null: the person of the step. */
  subjectOf?(payload: JsonObject, flow?: LoginFlow): string | null;
  submit(step: LoginStep, payload: JsonObject, ctx: FactorContext): Promise<LoginOutcome>;
  /** When a flow is created and no other factor of its level can be offered: acts at once where nothing is left to choose (contract 3.6). */
  atCreation?(step: LoginStep, ctx: FactorContext): Promise<ChallengeSent | null>;
}
export type LoginOutcome =
  | {
      readonly kind: "authenticated";
      readonly identityId: IdentityId;
      readonly method: AuthenticationMethod;
      readonly commit: Commit | null;
      /** Told after success, e.g. how many recovery codes are left. */
      readonly notice?: { readonly recoveryCodesLeft: number };
    }
  | ChallengeSent
  | NextScreen
  | GoUpstream
  /** An upstream account that nobody here has: a registration flow takes over, submitted with `payload` at once. */
  | { readonly kind: "register_instead"; readonly internal: Partial<FlowInternal>; readonly payload: JsonObject }
  /** An upstream account whose address belongs to somebody here: this flow goes on, and links when they have proved themselves. */
  | { readonly kind: "prove_to_link"; readonly internal: Partial<FlowInternal>; readonly messages: readonly Message[]; readonly identifier: string; readonly commit?: Commit }
  | Rejected;

export interface RegistrationCapability {
  /** Also shown on the first screen of `profile_first` (social buttons). */
  readonly firstScreen?: boolean;
  /** `submit` takes incomplete or absent traits and brings its own (a provider's claims): the engine does not check them first. */
  readonly ownTraits?: boolean;
  /** Nodes beside the trait nodes, which the engine adds. */
  nodes(flow: RegistrationFlow, ctx: FactorContext): Promise<Prepared>;
  /** `traits` were validated against the schema; `facts` are what the schema says about them. */
  submit(flow: RegistrationFlow, payload: JsonObject, traits: { readonly traits: JsonObject; readonly facts: TraitFacts }, ctx: FactorContext):
    Promise<RegistrationOutcome>;
}
export type RegistrationOutcome =
  | {
      readonly kind: "registered";
      readonly method: AuthenticationMethod;
      /** Runs after the identity row exists, in the same transaction. */
      readonly commit: (tx: ProjectDb, identityId: IdentityId) => Promise<boolean>;
      /** A ceremony fixed the new person's id beforehand (a user handle). */
      readonly identityId?: IdentityId;
      /** Address values proved by this very registration (a code, a provider's verified e-mail). */
      readonly verified?: readonly string[];
      /** Where `ownTraits`: checked against the schema by the factor, together with what the schema says about them. */
      readonly traits?: { readonly traits: JsonObject; readonly facts: TraitFacts };
    }
  | ChallengeSent
  /** Traits that a provider did not say are asked for: the form with what is known, and what must be remembered. */
  | NextScreen
  | GoUpstream
  /** Somebody known here: a sign-in takes over, submitted with the same payload at once. */
  | { readonly kind: "sign_in_instead" }
  | Rejected;

export interface SettingsStep {
  readonly flow: SettingsFlow;
  readonly identity: Identity;
  readonly credentials: readonly Credential[];
  /** Level of the session in front of the form: recorded as provenance of what it enrols. */
  readonly sessionAal: "aal1" | "aal2";
  readonly facts: TraitFacts;
  /** Other ways to sign in that would be left without this factor: the last first factor is never removed. */
  readonly firstFactors: number;
}
export interface SettingsCapability {
  /** Which guard a submission stands behind: `factor_change` even under Lax (J15), `privileged_change` for the password. */
  readonly area: "factor_change" | "privileged_change";
  nodes(step: SettingsStep, ctx: FactorContext): Promise<Prepared>;
  submit(step: SettingsStep, payload: JsonObject, ctx: FactorContext): Promise<SettingsOutcome>;
}
export type SettingsOutcome =
  | {
      readonly kind: "changed";
      /** Appended to the acting session when a factor was proved by enrolling it. */
      readonly completed: AuthenticationMethod | null;
      readonly commit: Commit;
      /** Dotted action for the audit log: `factor.added`, `factor.removed`, `password.changed`, … */
      readonly action: string;
      /** This change ends the identity's other sessions (J19) where the project says so. */
      readonly revokesOthers: boolean;
      /** Keys of `internal` that are spent. */
      readonly forget?: readonly (keyof FlowInternal)[];
      /** Told to the owner: what was added, removed or renamed, as the person knows it ("YubiKey 5", "Google"). */
      readonly label?: string;
    }
  | GoUpstream
  /** Revealed or proposed, nothing saved yet. `replaces`: the nodes of this factor become exactly these. `action` is audited when given. */
  | { readonly kind: "shown"; readonly prepared: Prepared; readonly action?: string }
  | Rejected;
