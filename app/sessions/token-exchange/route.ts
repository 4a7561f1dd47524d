import { route } from "@/lib/http/handler";
import { exchangeToken } from "@/lib/http/oidc-exchange";

/** Codes of native social sign-in. */
const handler = route({ GET: exchangeToken }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
