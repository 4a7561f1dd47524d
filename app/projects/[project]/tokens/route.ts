import { consoleRoute } from "@/lib/http/console-api";
import { projectKeys } from "@/lib/http/console-keys";

/** Keys of a project. */
const handler = consoleRoute(projectKeys);

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
