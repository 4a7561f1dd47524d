import type { FlowKind } from "../model/flow";
import type { Identity, JsonObject, JsonValue } from "../model/identity";
import type { Message } from "../model/message";
import type { WebHookConfig } from "../model/project";

/** What a hook is told: the `ctx` of contract/admin.md 5.3. Never a credential, never `metadata_admin`. */
export interface HookContext {
  /** The flow as on the wire, with `transient_payload`. */
  readonly flow: JsonObject;
  readonly identity: JsonObject | null;
  readonly session: JsonObject | null;
  readonly request_method: string;
  readonly request_url: string;
  readonly request_headers: Readonly<Record<string, readonly string[]>>;
  readonly request_cookies: Readonly<Record<string, string>>;
}

/** Members a parsed answer may replace (contract/admin.md 5.4); each given one replaces the whole value. */
export interface IdentityPatch {
  readonly traits?: JsonObject;
  readonly schemaId?: string;
  readonly state?: Identity["state"];
  readonly metadataPublic?: JsonValue;
  readonly metadataAdmin?: JsonValue;
  readonly externalId?: string;
  readonly verified?: readonly string[];
}

export type HookVerdict =
  | { readonly kind: "go"; readonly patch: IdentityPatch | null }
  /** `field` is a node name (`traits.email`); null: the flow itself. */
  | { readonly kind: "interrupt"; readonly messages: readonly { readonly field: string | null; readonly message: Message }[] };

/** Asks one hook that may interrupt. Throws `hook_failed` (502) or `hook_timeout` (504). */
export interface HookCaller {
  ask(hook: WebHookConfig, context: HookContext, options: { readonly kind: FlowKind; readonly allowPrivate: boolean; readonly privateExceptions: readonly string[] }): Promise<HookVerdict>;
}
