import { consoleRoute } from "@/lib/http/console-api";
import { NO_MEMBERS, notAvailable } from "@/lib/http/project-features";

/** One of them. */
const handler = consoleRoute({ DELETE: notAvailable(NO_MEMBERS) });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
