import { toAdmin } from "@/lib/http/admin-elsewhere";
import { route } from "@/lib/http/handler";

/** The admin API without its prefix. */
const handler = route({ GET: toAdmin, POST: toAdmin, PATCH: toAdmin }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
