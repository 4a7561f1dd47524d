import { consoleRoute } from "@/lib/http/console-api";
import { listProjects } from "@/lib/http/workspaces";

/** Projects of one workspace. */
const handler = consoleRoute({ GET: listProjects });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
