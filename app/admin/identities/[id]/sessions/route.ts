import { listOfIdentity, removeOfIdentity } from "@/lib/http/admin-sessions";
import { route } from "@/lib/http/handler";

/** The sessions of one person, for whoever holds a key of the project. */
const handler = route({ GET: listOfIdentity, DELETE: removeOfIdentity }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
