import { readMessage } from "@/lib/http/admin-courier";
import { route } from "@/lib/http/handler";

/** One letter or text message. */
const handler = route({ GET: readMessage }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
