import "server-only";
import { addressBackView } from "../address-back";
import type { AddressBackView } from "../address-back";
import { openPage } from "./page";

export type { AddressBackView } from "../address-back";

/** What the page `/address-back?token=…` shows; null while the store does not answer. */
export async function addressBackPage(token: string, pressed: boolean): Promise<AddressBackView | null> {
  const exchange = await openPage();
  return exchange === null ? null : addressBackView(exchange, token, pressed);
}
