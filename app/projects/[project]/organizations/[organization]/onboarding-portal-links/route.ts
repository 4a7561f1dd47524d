import { consoleRoute } from "@/lib/http/console-api";
import { emptyList, NO_ORGANIZATIONS, notAvailable } from "@/lib/http/project-features";

/** Links of an organization: none here. */
const handler = consoleRoute({ GET: emptyList({ links: [] }), POST: notAvailable(NO_ORGANIZATIONS) });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
