import { consoleRoute } from "@/lib/http/console-api";
import { workspaceKey } from "@/lib/http/console-keys";

/** One key of a workspace. */
const handler = consoleRoute(workspaceKey);

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
