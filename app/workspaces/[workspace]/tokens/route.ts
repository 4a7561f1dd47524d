import { consoleRoute } from "@/lib/http/console-api";
import { workspaceKeys } from "@/lib/http/console-keys";

/** Keys of a workspace. */
const handler = consoleRoute(workspaceKeys);

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
