import { listAll } from "@/lib/http/admin-sessions";
import { manage } from "@/lib/http/admin-sessions-manage";
import { route } from "@/lib/http/handler";

/** Every session of the project, for whoever holds a key of it. */
const handler = route({ GET: listAll, POST: manage }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
