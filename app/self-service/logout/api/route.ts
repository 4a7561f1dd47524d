import { route } from "@/lib/http/handler";
import { performNativeLogout } from "@/lib/http/logout";

/** Signs an app out. */
const handler = route({ DELETE: performNativeLogout }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
