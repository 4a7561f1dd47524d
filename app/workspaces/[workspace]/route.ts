import { consoleRoute } from "@/lib/http/console-api";
import { get, update } from "@/lib/http/workspaces";

/** One workspace. */
const handler = consoleRoute({ GET: get, PUT: update });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
