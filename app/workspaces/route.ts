import { consoleRoute } from "@/lib/http/console-api";
import { create, list } from "@/lib/http/workspaces";

/** Workspaces. */
const handler = consoleRoute({ GET: list, POST: create });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
