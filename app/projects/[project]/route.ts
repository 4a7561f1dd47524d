import { consoleRoute } from "@/lib/http/console-api";
import { getProject, patch, purge, setProject } from "@/lib/http/projects";

/** One project, with its identity-config. */
const handler = consoleRoute({ GET: getProject, PUT: setProject, PATCH: patch, DELETE: purge });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
