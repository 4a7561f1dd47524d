import { toWhoami } from "@/lib/http/admin-elsewhere";
import { route } from "@/lib/http/handler";

/** Where the session of a request is told. */
const handler = route({ GET: toWhoami }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
