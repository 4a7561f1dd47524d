import { consoleRoute } from "@/lib/http/console-api";
import { NO_EVENT_STREAMS, notAvailable } from "@/lib/http/project-features";

/** One event stream: none here. */
const handler = consoleRoute({ PUT: notAvailable(NO_EVENT_STREAMS), DELETE: notAvailable(NO_EVENT_STREAMS) });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
