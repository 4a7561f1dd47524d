import type { KeyRing } from "../../crypto/keys";
import { codeMac, decoyMac, newCodeDigits } from "../../crypto/one-time-code";
import type { CodePurpose, ProjectDb } from "../../db/handles";
import type { Locale } from "../../i18n/locale";
import type { Flow } from "../../model/flow";
import type { AddressId, IdentityId } from "../../model/ids";
import type { Address } from "../../model/owned-address";
import type { Project } from "../../model/project";
import { addMs, MINUTE_MS } from "../../model/time";
import { enqueue } from "../outbox";
import type { CourierTemplate } from "../outbox";

export interface CodeToSend {
  readonly project: Project;
  /** A code lives no longer than its flow. */
  readonly flow: Pick<Flow, "id" | "kind" | "expiresAt">;
  readonly purpose: CodePurpose;
  readonly to: Address;
  /** Whose it is; null for somebody unknown, and for somebody who is only registering. */
  readonly identityId: IdentityId | null;
  readonly addressId: AddressId | null;
  /** The letter that carries the code; or, with `decoy`, the one without a code that goes in its place; null: none. */
  readonly template: CourierTemplate | null;
  /** A code that nobody learns and no digits match: for an unknown address everything else is the same (ruling J9). */
  readonly decoy: boolean;
  readonly locale: Locale;
}

/** Stores a new code in place of the flow's earlier one and puts its letter into the outbox, in the transaction of its reason. */
export async function sendCode(tx: ProjectDb, keys: KeyRing, code: CodeToSend, now: Date): Promise<void> {
  const { project, flow, purpose, to, identityId, addressId, template, decoy, locale } = code;
  const digits = newCodeDigits();
  const place = { projectId: project.row.id, flowId: flow.id, purpose, via: to.via, value: to.value };
  const expiresAt = earlier(addMs(now, project.config.methods.code.lifespanMs), flow.expiresAt);
  const id = await tx.putOneTimeCode({
    flowId: flow.id, purpose, identityId, addressId, via: to.via, value: to.value,
    mac: decoy ? decoyMac(keys, place, digits) : codeMac(keys, place, digits), createdAt: now, expiresAt,
  });
  if (template === null) return;
  const data = {
    ...(decoy ? {} : { code: digits }), minutes: Math.max(1, Math.floor((expiresAt.getTime() - now.getTime()) / MINUTE_MS)),
    // The page that asks for the code: a phone fills it in for this host alone (WebOTP).
    host: new URL(project.config.flows[flow.kind].uiUrl).hostname,
  };
  await enqueue(tx, keys, project.row.id, {
    via: to.via, to: to.value, template, locale, data, identityId, dedupe: `code:${id}`, expiresAt,
  }, now);
}

function earlier(left: Date, right: Date): Date {
  return left.getTime() <= right.getTime() ? left : right;
}
