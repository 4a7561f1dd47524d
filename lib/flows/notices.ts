import { enqueue } from "../courier/outbox";
import type { CourierTemplate } from "../courier/outbox";
import type { ProjectDb } from "../db/handles";
import type { AddressChannel, Identity } from "../model/identity";
import { rfc3339 } from "../wire/message";
import { revertGrants, REVERT_DAYS, sealRevert } from "./revert-link";
import type { EngineDeps, FlowRequest } from "./request";

/** Something the owner of an account must hear of, at every verified address (security.md 3.3, N21, N27, T76). */
export interface OwnerEvent {
  readonly template: CourierTemplate;
  /** As it was before the event and, where addresses changed, as it is after: both are told. */
  readonly identity: Identity;
  readonly after?: Identity;
  /** `totp`, `webauthn`, … and what the person calls it. */
  readonly method?: string;
  readonly label?: string;
  /** Makes the letter unique: flow id, session id, … */
  readonly dedupe: string;
  /** Recovery tells every address, verified or not (N27). */
  readonly everyAddress?: boolean;
}

interface Address {
  /** The address row's: another value has another. */
  readonly id: string;
  readonly via: AddressChannel;
  readonly value: string;
}

/** Longest user agent that is remembered in a letter; the rest says nothing. */
const MAX_USER_AGENT = 300;

/**
 * One letter to each address, in the transaction of the event. The same event told again writes none twice. An old mailbox that was
 * taken out gets the link that takes this change back (T76), where it deserves one (`revertGrants`).
 */
export async function tellOwner(
  tx: ProjectDb, event: OwnerEvent, request: Pick<FlowRequest, "project" | "device" | "locale" | "now">, deps: Pick<EngineDeps, "keys">,
): Promise<void> {
  const { identity, method, label } = event;
  const { device, now } = request;
  const data = {
    at: rfc3339(now),
    ...(device.userAgent === null ? {} : { userAgent: device.userAgent.slice(0, MAX_USER_AGENT) }),
    ...(device.ipAddress === null ? {} : { ipAddress: device.ipAddress }),
    ...(method === undefined ? {} : { method }),
    ...(label === undefined ? {} : { label }),
  };
  const grants = event.template === "address_changed" && event.after !== undefined ? await revertGrants(tx, identity, event.after, request) : null;
  for (const { id, via, value } of addressesOf(event)) {
    const grant = grants?.get(id);
    const revert = grant === undefined ? {} : { revert: sealRevert(deps.keys, request.project, grant), days: REVERT_DAYS };
    await enqueue(tx, deps.keys, request.project.row.id, {
      via, to: value, template: event.template, locale: request.locale, data: { ...data, ...revert }, identityId: identity.id,
      dedupe: `notice:${identity.id}:${event.dedupe}:${id}`, expiresAt: null,
    }, now);
  }
}

/**
 * Every verified address, before and after; where none is verified every address there is, because silence helps only a thief. A
 * text message is written only where there is no mailbox to write to, or where every address is to hear of it.
 */
function addressesOf({ identity, after, everyAddress }: OwnerEvent): readonly Address[] {
  const states = after === undefined ? [identity] : [identity, after];
  const all = unique(states.flatMap(({ verifiableAddresses, recoveryAddresses }) => [...verifiableAddresses, ...recoveryAddresses]));
  const verified = unique(states.flatMap(({ verifiableAddresses }) => verifiableAddresses.filter((address) => address.verified)));
  if (everyAddress === true) return all;
  const told = verified.length === 0 ? all : withChanged(verified, identity, after);
  const mail = told.filter(({ via }) => via === "email");
  return mail.length > 0 ? mail : told;
}

/** T76: an address that came or went is told even when nobody had verified it. */
function withChanged(verified: readonly Address[], before: Identity, after: Identity | undefined): readonly Address[] {
  if (after === undefined) return verified;
  const lists = (one: Identity) => unique([...one.verifiableAddresses, ...one.recoveryAddresses]);
  const [old, fresh] = [lists(before), lists(after)];
  const missing = (from: readonly Address[], others: readonly Address[]) => from.filter((one) => !others.some((other) => same(one, other)));
  return unique([...verified, ...missing(old, fresh), ...missing(fresh, old)]);
}

function same(one: Address, other: Address): boolean {
  return one.via === other.via && one.value === other.value;
}

function unique(addresses: readonly Address[]): readonly Address[] {
  return addresses.filter((address, index) => addresses.findIndex((other) => same(address, other)) === index);
}
