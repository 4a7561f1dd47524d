import type { AddressId, CredentialId, FlowId, IdentityId, SessionId } from "./ids";
import type { AddressChannel, JsonObject } from "./identity";
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

export interface Ceremony {
  readonly challenge: string;
  readonly userVerification: "required" | "preferred" | "discouraged";
  readonly expiresAt: number;
  /** Credential ids offered (base64url); absent: any discoverable one. */
  readonly allowed?: readonly string[];
  /** User handle of a registration that has no identity yet (base64url). */
  readonly userHandle?: string;
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
  /** Where the last code of this flow went. `addressId` is null for an unknown person, whose flow looks the same. */
  readonly code?: {
    readonly via: AddressChannel; readonly value: string; readonly addressId: AddressId | null; readonly identityId: IdentityId | null;
    readonly sentAt: number;
  };
  /** The ceremony under way: one challenge (base64url), good once, for this flow and what it was made for. Times in epoch ms. */
  readonly webauthn?: Ceremony;
  readonly passkey?: Ceremony;
  readonly oidc?: {
    /** Provider under way; only its answer is accepted. */
    readonly provider?: string;
    /** SHA-256 (hex) of a value that the browser of this flow holds in a cookie of its own. */
    readonly bindingHash?: string;
    /** The same once the provider answered: the binding serves one callback, this one the submission of its end. */
    readonly returnHash?: string;
    /** When the browser was sent to the provider (epoch ms): a refresh counts only what the provider asked after that. */
    readonly startedAt?: number;
    /** An upstream account waiting to be linked until its person has proved their own factors here: sealed handover. */
    readonly pendingLink?: string;
    /** Registration with a provider whose claims did not fill every trait: sealed handover. */
    readonly pendingRegistration?: string;
    /** Native clients: this flow was begun with an exchange code, so its app gets the session after a browser's dance. */
    readonly exchange?: boolean;
  };
  /** Login in the identifier-first style: what was typed; and registration: which account names were promised a code. */
  readonly identifier?: string;
  readonly recovery?: {
    readonly skipSettings: boolean;
    /**
     * An admin made it: whoever holds the code or the link is this person, whatever their addresses. `of`: the flow that the link names,
     * where this is the one that a browser opened it in.
     */
    readonly byAdmin?: { readonly by: "code" | "link"; readonly identityId: IdentityId; readonly of?: FlowId };
  };
  readonly verification?: { readonly continueAt: string | null };
  /** An identity schema chosen by the caller (`identity_schema`). */
  readonly schemaId?: string;
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
  /** The app's half of a token exchange, in the answer that made the flow and nowhere else: only its hash is stored. */
  readonly exchangeCode?: string;
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
