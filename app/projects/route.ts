import { consoleRoute } from "@/lib/http/console-api";
import { createProject, listProjects } from "@/lib/http/projects";

/** Projects of a workspace. */
const handler = consoleRoute({ GET: listProjects, POST: createProject });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
