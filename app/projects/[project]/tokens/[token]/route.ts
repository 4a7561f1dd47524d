import { consoleRoute } from "@/lib/http/console-api";
import { projectKey } from "@/lib/http/console-keys";

/** One key of a project. */
const handler = consoleRoute(projectKey);

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
