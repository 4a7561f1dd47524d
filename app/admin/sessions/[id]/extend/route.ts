import { extend } from "@/lib/http/admin-sessions";
import { route } from "@/lib/http/handler";

/** Prolongs a session, for whoever holds a key of the project. */
const handler = route({ PATCH: extend }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
