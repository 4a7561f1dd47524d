import { consoleRoute } from "@/lib/http/console-api";
import { members } from "@/lib/http/project-features";

/** Who administers a project. */
const handler = consoleRoute({ GET: members });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
