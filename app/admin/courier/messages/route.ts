import { listMessages } from "@/lib/http/admin-courier";
import { route } from "@/lib/http/handler";

/** Letters and text messages of the project. */
const handler = route({ GET: listMessages }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
