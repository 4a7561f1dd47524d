import { route } from "@/lib/http/handler";
import { performLogout } from "@/lib/http/logout";

/** Signs a browser out. */
const handler = route({ GET: performLogout }, { getActs: true });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
