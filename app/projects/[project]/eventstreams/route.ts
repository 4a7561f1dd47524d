import { consoleRoute } from "@/lib/http/console-api";
import { emptyList, NO_EVENT_STREAMS, notAvailable } from "@/lib/http/project-features";

/** Event streams: none here. */
const handler = consoleRoute({ GET: emptyList({ event_streams: [] }), POST: notAvailable(NO_EVENT_STREAMS) });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
