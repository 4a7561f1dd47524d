import { route } from "@/lib/http/handler";
import { createLogout } from "@/lib/http/logout";

/** Where a browser signs out. */
const handler = route({ GET: createLogout });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
