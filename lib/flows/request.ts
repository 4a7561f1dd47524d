import type { KeyRing } from "../crypto/keys";
import type { ProjectHandle } from "../db/handles";
import type { FactorContext, PasswordHasher } from "../factors/factor";
import type { HookCaller } from "../actions/call";
import type { AskOlderSystem } from "../actions/password-migration";
import type { Locale } from "../i18n/locale";
import type { Limits } from "../limits/charge";
import type { Transport } from "../model/flow";
import type { IdentityId } from "../model/ids";
import type { Project } from "../model/project";
import type { DeviceFacts } from "../model/session";
import type { Metrics } from "../observability/metrics";
import type { SessionView } from "../sessions/read";

/** One request as the flows see it: no cookies, no headers, no status codes. Built by lib/http. */
export interface FlowRequest {
  readonly project: Project;
  readonly handle: ProjectHandle;
  readonly transport: Transport;
  /** The live session in front of the request, or null. */
  readonly session: SessionView | null;
  readonly sessionToken: string | null;
  /** SHA-256 of this browser's CSRF secret; null for native clients. */
  readonly csrfHash: string | null;
  /** Did this browser complete a sign-in of that person before (a signed cookie says so)? */
  isKnownDevice(identityId: IdentityId): boolean;
  readonly device: DeviceFacts;
  /** The full URL on the project's public base. */
  readonly url: URL;
  readonly now: Date;
  readonly requestId: string;
  /** Negotiated from cookie and `Accept-Language`; what is sent because of this request speaks it. */
  readonly locale: Locale;
  /** What a web hook may be told about the request; filtered again by the allow-list of the project. */
  readonly origin: { readonly method: string; readonly headers: Readonly<Record<string, readonly string[]>>; readonly cookies: Readonly<Record<string, string>> };
}

export interface EngineDeps {
  readonly keys: KeyRing;
  readonly passwords: PasswordHasher;
  /** Asks an older system about a password that only it knows (lib/actions). */
  readonly askOlderSystem: AskOlderSystem;
  /** Judges the ID token that an app brought (lib/upstream). */
  readonly readIdToken: FactorContext["readIdToken"];
  limitsFor(handle: ProjectHandle): Limits;
  readonly metrics: Pick<Metrics, "signIn">;
  /** Calls the web hooks that may interrupt (lib/actions). */
  readonly hooks: HookCaller;
  /** Resolves no earlier than `floorMs` after `startedAtMs`: known and unknown accounts answer alike (security.md 7). */
  floor(startedAtMs: number): Promise<void>;
}

export function factorContext(request: FlowRequest, deps: EngineDeps): FactorContext {
  return {
    project: request.project,
    config: request.project.config.methods,
    db: request.handle,
    keys: deps.keys,
    passwords: deps.passwords,
    askOlderSystem: deps.askOlderSystem,
    readIdToken: deps.readIdToken,
    now: request.now,
    locale: request.locale,
  };
}
