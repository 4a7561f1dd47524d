/** The wire's JSON as the contract states it; only what the tests look at. */
export interface MessageJson {
  readonly id: number;
  readonly text: string;
  readonly type: "info" | "error" | "success";
  readonly context?: Readonly<Record<string, unknown>>;
}
export interface NodeJson {
  readonly type: string;
  readonly group: string;
  readonly attributes: Readonly<Record<string, unknown>> & { readonly node_type: string; readonly text?: MessageJson };
  readonly messages: readonly MessageJson[];
  readonly meta: { readonly label?: MessageJson };
}
export interface FlowJson {
  readonly id: string;
  readonly type: "browser" | "api";
  readonly expires_at: string;
  readonly issued_at: string;
  readonly request_url: string;
  readonly return_to?: string;
  readonly active?: string;
  readonly state: string;
  readonly refresh?: boolean;
  readonly requested_aal?: string;
  readonly organization_id?: null;
  readonly created_at?: string;
  readonly updated_at?: string;
  readonly identity?: IdentityJson;
  readonly continue_with?: readonly ContinueJson[] | null;
  readonly ui: {
    readonly action: string;
    readonly method: string;
    readonly nodes: readonly NodeJson[];
    readonly messages?: readonly MessageJson[];
  };
}
export type ContinueJson = Readonly<Record<string, unknown>> & { readonly action: string };
export interface IdentityJson {
  readonly id: string;
  readonly schema_id: string;
  readonly schema_url: string;
  readonly state: string;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly created_at: string;
  readonly updated_at: string;
}
export interface MethodJson {
  readonly method: string;
  readonly aal: string;
  readonly completed_at: string;
}
export interface SessionJson {
  readonly id: string;
  readonly active: boolean;
  readonly expires_at: string;
  readonly authenticated_at: string;
  readonly issued_at: string;
  readonly authenticator_assurance_level: string;
  readonly authentication_methods: readonly MethodJson[];
  readonly identity: IdentityJson | null;
  readonly devices: readonly { readonly id: string; readonly ip_address: string | null; readonly user_agent: string | null }[];
}
export interface SignedInJson {
  readonly session: SessionJson;
  readonly session_token?: string;
  readonly identity?: IdentityJson;
  readonly continue_with: readonly ContinueJson[] | null;
}
export interface ErrorJson {
  readonly error: {
    readonly id?: string;
    readonly code: number;
    readonly status: string;
    readonly message: string;
    readonly reason?: string;
    readonly request?: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
  readonly redirect_browser_to?: string;
  readonly use_flow_id?: string;
  readonly expired_at?: string;
  readonly since?: number;
}

/** The node with this name (inputs) or id (text, images); throws with what is there. */
export function node(flow: FlowJson, name: string, group?: string): NodeJson {
  const found = nodes(flow, name).find((one) => group === undefined || one.group === group);
  if (found === undefined) throw new Error(`no node ${name}; there are: ${names(flow).join(", ")}`);
  return found;
}
export function nodes(flow: FlowJson, name: string): readonly NodeJson[] {
  return flow.ui.nodes.filter((one) => one.attributes["name"] === name || one.attributes["id"] === name);
}
export function names(flow: FlowJson): readonly string[] {
  return flow.ui.nodes.map((one) => String(one.attributes["name"] ?? one.attributes["id"]));
}
/** Values of the submit buttons called `method`, and the groups they stand in. */
export function methodsOf(flow: FlowJson): readonly string[] {
  return flow.ui.nodes.filter((one) => one.attributes["name"] === "method" && one.attributes["type"] === "submit").map((one) => String(one.attributes["value"]));
}
export function messageIds(flow: FlowJson): readonly number[] {
  return (flow.ui.messages ?? []).map((message) => message.id);
}
export function csrfOf(flow: FlowJson): string {
  return String(node(flow, "csrf_token").attributes["value"]);
}
export function valueOf(flow: FlowJson, name: string): unknown {
  return node(flow, name).attributes["value"];
}
/** The base32 key of an authenticator enrolment. */
export function totpSecretOf(flow: FlowJson): string {
  return String(node(flow, "totp_secret_key").attributes.text?.context?.["secret"]);
}
/** The recovery codes a flow shows. */
export function recoveryCodesOf(flow: FlowJson): readonly string[] {
  const secrets = node(flow, "lookup_secret_codes").attributes.text?.context?.["secrets"] as readonly MessageJson[];
  return secrets.filter((message) => message.id === 1050009).map((message) => String(message.context?.["secret"]));
}
