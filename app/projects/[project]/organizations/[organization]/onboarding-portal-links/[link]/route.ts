import { consoleRoute } from "@/lib/http/console-api";
import { NO_ORGANIZATIONS, notAvailable } from "@/lib/http/project-features";

/** One link: none here. */
const handler = consoleRoute({ POST: notAvailable(NO_ORGANIZATIONS), DELETE: notAvailable(NO_ORGANIZATIONS) });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
