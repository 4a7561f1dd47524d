import { route } from "@/lib/http/handler";
import { listSessions, revokeOthers } from "@/lib/http/sessions";

/** The other sessions of this person. */
const handler = route({ GET: listSessions, DELETE: revokeOthers }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
