import type { HookContext, HookVerdict, IdentityPatch } from "../actions/call";
import { enqueueHook } from "../actions/outbox";
import { hookContext } from "../actions/payload";
import type { ProjectDb } from "../db/handles";
import { DomainError } from "../model/errors";
import type { Flow, FlowKind } from "../model/flow";
import type { Identity, JsonObject } from "../model/identity";
import type { IdentityId } from "../model/ids";
import type { Project, WebHookConfig } from "../model/project";
import type { Session } from "../model/session";
import type { EngineDeps, FlowRequest } from "./request";

/** Names of the hooks that run after a flow: those of the method replace the global list (contract 4.12). */
export function hooksAfter(project: Project, flow: FlowKind, method: string): readonly string[] {
  const { afterHooks } = project.config.flows[flow];
  return afterHooks[method] ?? afterHooks[""] ?? [];
}

/** What the hooks of a step are told about. A person who does not exist yet has traits and an id only. */
export interface HookFacts {
  readonly flow: Flow;
  readonly method: string;
  readonly identity: Identity | { readonly id: string; readonly schemaId: string; readonly traits: JsonObject } | null;
  readonly session: Session | null;
}

type When = "before" | "after";

/** Before a flow exists: any hook may refuse it (throws `hook_interrupted`, 400, with the messages). Those that may not are told. */
export async function askBefore(facts: HookFacts, request: FlowRequest, deps: EngineDeps): Promise<void> {
  const hooks = request.project.config.flows[facts.flow.kind].beforeWebHooks;
  if (hooks.length === 0) return;
  const verdict = await askAll(hooks.filter(mayInterrupt), "before", facts, request, deps);
  if (verdict.kind === "interrupt") throw new DomainError("hook_interrupted", { messages: verdict.messages.map(({ message }) => message) });
  const tell = hooks.filter((hook) => !mayInterrupt(hook));
  if (tell.length > 0) await request.handle.transaction((tx) => tellAll(tx, tell, "before", facts, request, deps));
}

/**
 * Step 6: the hooks that may interrupt, in order, outside every transaction; the first that stops ends it, and each sees what those
 * before it changed. Registration and settings ask those of the method alone (contract/admin.md 5.2).
 */
export async function askAfter(facts: HookFacts, request: FlowRequest, deps: EngineDeps): Promise<HookVerdict> {
  const { afterWebHooks } = request.project.config.flows[facts.flow.kind];
  const ofMethodAlone = facts.flow.kind === "registration" || facts.flow.kind === "settings";
  const hooks = afterWebHooks[facts.method] ?? (ofMethodAlone ? [] : afterWebHooks[""]) ?? [];
  return askAll(hooks.filter(mayInterrupt), "after", facts, request, deps);
}

/**
 * Inside the transaction: the hooks that may not interrupt go into the outbox with it, one row each, and are called if and only if it
 * commits. Differs from Kratos: there a hook without `ignore` is waited for, and its failure is the flow's.
 */
export async function tellAfter(tx: ProjectDb, facts: HookFacts, request: FlowRequest, deps: EngineDeps): Promise<void> {
  const { afterWebHooks } = request.project.config.flows[facts.flow.kind];
  const hooks = afterWebHooks[facts.method] ?? afterWebHooks[""] ?? [];
  await tellAll(tx, hooks.filter((hook) => !mayInterrupt(hook)), "after", facts, request, deps);
}

function mayInterrupt(hook: WebHookConfig): boolean {
  return hook.parse || hook.canInterrupt;
}

async function askAll(hooks: readonly WebHookConfig[], when: When, facts: HookFacts, request: FlowRequest, deps: EngineDeps): Promise<HookVerdict> {
  const { allowPrivateRanges: allowPrivate, privateExceptionUrls: privateExceptions } = request.project.config.webHooks;
  let patch: IdentityPatch = {};
  for (const hook of hooks) {
    const context = contextOf(when, { ...facts, identity: seen(facts.identity, patch) }, request);
    const verdict = await deps.hooks.ask(hook, context, { kind: facts.flow.kind, allowPrivate, privateExceptions });
    if (verdict.kind === "interrupt") return verdict;
    patch = { ...patch, ...verdict.patch };
  }
  return { kind: "go", patch: Object.keys(patch).length === 0 ? null : patch };
}

async function tellAll(tx: ProjectDb, hooks: readonly WebHookConfig[], when: When, facts: HookFacts, request: FlowRequest, deps: EngineDeps): Promise<void> {
  if (hooks.length === 0) return;
  const { project, now } = request;
  const context = contextOf(when, facts, request);
  const identityId = facts.identity !== null && "version" in facts.identity ? (facts.identity.id as IdentityId) : null;
  for (const [index, hook] of hooks.entries()) {
    // A settings flow is saved more than once: the instant tells its events apart.
    const dedupe = `hook:${facts.flow.id}:${when}:${facts.method}:${index}:${now.getTime()}`;
    await enqueueHook(tx, deps.keys, project.row.id, { hook, context, identityId, dedupe, now });
  }
}

function contextOf(when: When, { flow, identity, session }: HookFacts, request: FlowRequest): HookContext {
  const { project, origin, url, now } = request;
  return hookContext({ when, flow, identity, session, config: project.config, origin, url, now });
}

/** The person as the next hook sees them; nothing is stored yet. */
function seen(identity: HookFacts["identity"], patch: IdentityPatch): HookFacts["identity"] {
  if (identity === null) return identity;
  const { traits, schemaId, state, metadataPublic, externalId } = patch;
  return {
    ...identity,
    ...(traits === undefined ? {} : { traits }),
    ...(schemaId === undefined ? {} : { schemaId }),
    ...(state === undefined ? {} : { state }),
    ...(metadataPublic === undefined ? {} : { metadataPublic }),
    ...(externalId === undefined ? {} : { externalId }),
  };
}
