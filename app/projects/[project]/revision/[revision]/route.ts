import { consoleRoute } from "@/lib/http/console-api";
import { patchWithRevision } from "@/lib/http/projects";

/** One project, changed only as it was read. */
const handler = consoleRoute({ PATCH: patchWithRevision });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
