import type { AuthenticationMethod } from "../model/assurance";
import type { AuditEntry } from "../model/audit";
import { DomainError } from "../model/errors";
import type { ContinueWith, LoginFlow, SettingsFlow } from "../model/flow";
import type { Identity } from "../model/identity";
import type { Message } from "../model/message";
import { sameAddress } from "../model/owned-address";
import type { Address } from "../model/owned-address";
import type { SettingsOutcome } from "../factors/factor";
import { say } from "../wire/message";
import { sendPurpose } from "./budget";
import { hooksAfter } from "./hooks";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { uiUrl } from "./urls";
import { beginVerification, planVerification, showVerification, startVerification } from "./verify-address";

export interface SignInToCheck {
  readonly flow: LoginFlow;
  readonly identity: Identity;
  /** What was just proved: a code at one of the addresses verifies it. */
  readonly method: AuthenticationMethod;
  /** Written with the refusal. */
  readonly audit: AuditEntry;
}

/**
 * Hook `require_verified_address`: asked before a session is stored and before the secret is spent (contract 4.12). Null: go on. A
 * message: the flow is refused with it (`legacy_require_verified_login_error`, passwords only).
 *
 * Throws `session_verified_address_required` with a verification flow that has sent its code; `internal` where the person has no
 * address that could be verified, which is the configuration's mistake.
 */
export async function requireVerified({ flow, identity, method, audit }: SignInToCheck, request: FlowRequest, deps: EngineDeps): Promise<Message | null> {
  const { project, now } = request;
  if (!hooksAfter(project, "login", method.method).includes("require_verified_address")) return null;
  const addresses = identity.verifiableAddresses;
  const [first] = addresses;
  if (first === undefined) throw new DomainError("internal");
  if (addresses.some(({ id, verified }) => verified || id === method.addressId)) return null;
  if (project.config.features.legacyRequireVerifiedLoginError && method.method === "password") return say.addressNotVerified();

  const { verification } = project.config.flows;
  const on = verification.enabled && project.config.methods.code.enabled;
  const limits = deps.limitsFor(request.handle);
  const send = on
    && (await limits.chargeSend(first, request.device.ipAddress, project.config.courier, now, sendPurpose(identity.id, request))).kind === "go";
  const begun = await request.handle.transaction(async (tx) => {
    const fresh = on ? await beginVerification(tx, { identity, address: first, returnTo: flow.returnTo, send }, request, deps) : null;
    await tx.appendAudit(audit, now);
    return fresh;
  });
  throw new DomainError("session_verified_address_required", {
    continueWith: begun === null ? [] : [showVerification(begun, first, request)],
    redirectTo: begun === null ? null : uiUrl(project, "verification", begun.id),
  });
}

type Changed = Extract<SettingsOutcome, { kind: "changed" }>;
export interface VerifyingChange {
  readonly outcome: Changed;
  /** The answer, with the way to the new flow where the hook `show_verification_ui` is set. */
  answer(result: FlowResult): FlowResult;
}

/** A profile change that verifies the addresses it brings, in its own transaction; they are unverified until their code comes back. */
export async function verifyingNewAddresses(
  flow: SettingsFlow, before: Identity, after: readonly Address[], outcome: Changed, request: FlowRequest, deps: EngineDeps,
): Promise<VerifyingChange> {
  const fresh = after.filter((address) => !before.verifiableAddresses.some((known) => sameAddress(known, address)));
  const plan = await planVerification(flow, "profile", fresh, request, deps);
  let shown: readonly ContinueWith[] = [];
  return {
    outcome: {
      ...outcome,
      commit: async (tx) => {
        if (!(await outcome.commit(tx))) return false;
        shown = await startVerification(tx, plan, before.id, request, deps);
        return true;
      },
    },
    answer: (result) => (result.kind === "completed" ? { ...result, continueWith: [...shown, ...result.continueWith] } : result),
  };
}
