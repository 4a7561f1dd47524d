import { takeAddressBack } from "@/lib/http/address-back";
import { route } from "@/lib/http/handler";

/** The button of the page that takes a change of address back. */
const handler = route({ POST: takeAddressBack });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
