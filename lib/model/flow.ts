import type { AddressId, CredentialId, FlowId, IdentityId, SessionId } from "./ids";
import type { JsonObject } from "./identity";
import type { Message } from "./message";
import type { Node } from "./node";

export type FlowKind = "login" | "registration" | "settings" | "recovery" | "verification";
export type Transport = "browser" | "api";

export interface FlowStates {
  readonly login: "choose_method" | "sent_email" | "passed_challenge";
  readonly registration: "choose_method" | "sent_email" | "passed_challenge";
  readonly settings: "show_form" | "success";
  readonly recovery: "choose_method" | "sent_email" | "passed_challenge";
  readonly verification: "choose_method" | "sent_email" | "passed_challenge";
}

/** What the server must remember until the answer comes. Never on the wire. Each factor owns its own key. */
export interface FlowInternal {
  readonly totp?: { readonly sealedSecret: string };
  readonly lookup_secret?: {
    readonly storage: "hashed" | "revealable";
    readonly salt: string;
    readonly codes: readonly { readonly digest: string; readonly sealed: string }[];
    /** Which position must be typed back to confirm, 0-based. */
    readonly confirmPosition: number;
  };
  readonly code?: { readonly addressId: AddressId | null };
  readonly credential?: { readonly id: CredentialId };
  /** Registration: screens of `profile_first` (contract 5.13). */
  readonly registration?: { readonly screen: "profile" | "credentials"; readonly traits: JsonObject };
  /** The operation that asked for this step-up; narrows the methods on the screen and names the reason, never decides. */
  readonly operation?: string;
}

/** A flow as stored: the wire's container (nodes without the CSRF node, which is added at rendering), and what is ours. */
export interface FlowBase<K extends FlowKind> {
  readonly id: FlowId;
  readonly kind: K;
  readonly type: Transport;
  readonly state: FlowStates[K];
  readonly active: string | null;
  readonly requestUrl: string;
  readonly returnTo: string | null;
  readonly nodes: readonly Node[];
  readonly messages: readonly Message[];
  readonly internal: FlowInternal;
  readonly transientPayload: JsonObject | null;
  /** SHA-256 (hex) of the browser's CSRF secret that began the flow; null for `api`. */
  readonly csrfHash: string | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** Set once, when the flow passes; such a flow never completes again. */
  readonly completedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
export interface LoginFlow extends FlowBase<"login"> {
  readonly requestedAal: "aal1" | "aal2";
  readonly refresh: boolean;
  /** The session (and person) that a refresh or second step belongs to; null at a first sign-in. */
  readonly sessionId: SessionId | null;
  readonly identityId: IdentityId | null;
}
export interface RegistrationFlow extends FlowBase<"registration"> {
  readonly identityId: null;
}
export interface SettingsFlow extends FlowBase<"settings"> {
  readonly identityId: IdentityId;
  /** The session that began it. What it shows, a pending secret or new codes, is for that session alone. */
  readonly sessionId: SessionId;
}
export interface RecoveryFlow extends FlowBase<"recovery"> {
  readonly identityId: IdentityId | null;
}
export interface VerificationFlow extends FlowBase<"verification"> {
  readonly identityId: IdentityId | null;
}
export interface FlowOf {
  readonly login: LoginFlow;
  readonly registration: RegistrationFlow;
  readonly settings: SettingsFlow;
  readonly recovery: RecoveryFlow;
  readonly verification: VerificationFlow;
}
export type Flow = FlowOf[FlowKind];

/** An item of `continue_with` (contract 5.16). */
export type ContinueWith =
  | { readonly action: "redirect_browser_to"; readonly redirect_browser_to: string }
  | { readonly action: "show_verification_ui"; readonly flow: { readonly id: string; readonly verifiable_address: string; readonly url?: string } }
  | { readonly action: "show_settings_ui"; readonly flow: { readonly id: string; readonly url?: string } }
  | { readonly action: "show_recovery_ui"; readonly flow: { readonly id: string; readonly url?: string } }
  | { readonly action: "set_ory_session_token"; readonly ory_session_token: string };
