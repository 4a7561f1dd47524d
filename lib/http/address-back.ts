import { refuseWhileWaiting } from "../flows/budget";
import { revertAddress, revertState } from "../flows/revert-address";
import type { RevertState } from "../flows/revert-address";
import { startUrl } from "../flows/urls";
import { redirectAnswer } from "./answer";
import { flowRequest } from "./exchange";
import type { Exchange } from "./exchange";
import type { Endpoint } from "./handler";
import { postedForm } from "./posted-form";

/* The door of the link that an old mailbox gets when its address was taken out of an account (T76). Differs from Kratos, which has none. */

export interface AddressBackView {
  /** `done`: this browser has just pressed. */
  readonly state: RevertState | "done";
  /** Where the person goes on: recovery where the project has it on, else sign-in. */
  readonly onward: { readonly kind: "recovery" | "login"; readonly href: string };
}

/** What the page shows. Changes nothing, however often the link is opened: mail scanners open links, too. */
export async function addressBackView(exchange: Exchange, token: string, pressed: boolean): Promise<AddressBackView> {
  const { project, services } = exchange;
  const state = await revertState(token, exchange, services);
  const kind = project.config.flows.recovery.enabled ? "recovery" : "login";
  return { state: state === "back" && pressed ? "done" : state, onward: { kind, href: startUrl(project, kind) } };
}

/**
 * `POST /self-service/address-back` with `token` and `csrf_token`: takes the change back, and shows the page again, which says how it
 * stands. The token is in no log: it travels in the body, and in the query of our own page.
 *
 * Order: 1 the form is ours · 2 the source's budget, as of every post that tries a secret · 3 the change.
 */
export const takeAddressBack: Endpoint = async (exchange, request) => {
  const { services, handle, device, project, now } = exchange;
  const form = await postedForm(exchange, request);
  refuseWhileWaiting(await services.limitsFor(handle).chargeSource(device.ipAddress, now));
  const given = form.get("token");
  const token = typeof given === "string" ? given : "";
  const state = await revertAddress(token, flowRequest(exchange, "browser"), services);
  const page = new URL(project.config.addressBackUrl);
  // A link that leads nowhere is not carried on.
  if (state !== "invalid") page.searchParams.set("token", token);
  if (state === "done") page.searchParams.set("done", "1");
  return redirectAnswer(exchange, page.href);
};
