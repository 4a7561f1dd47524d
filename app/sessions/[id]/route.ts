import { route } from "@/lib/http/handler";
import { revokeOne } from "@/lib/http/sessions";

/** Ends one other session. */
const handler = route({ DELETE: revokeOne }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
