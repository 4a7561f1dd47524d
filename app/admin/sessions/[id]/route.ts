import { endOne, readOne } from "@/lib/http/admin-sessions";
import { route } from "@/lib/http/handler";

/** One session, for whoever holds a key of the project. */
const handler = route({ GET: readOne, DELETE: endOne }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
