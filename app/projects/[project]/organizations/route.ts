import { consoleRoute } from "@/lib/http/console-api";
import { emptyList, NO_ORGANIZATIONS, notAvailable } from "@/lib/http/project-features";

/** Organizations: none here. */
const handler = consoleRoute({
  GET: emptyList({ organizations: [], has_next_page: false, next_page_token: "" }), POST: notAvailable(NO_ORGANIZATIONS),
});

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
