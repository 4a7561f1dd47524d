import { readyRoute } from "@/lib/http/probes";

/** The process can serve. */
const handler = readyRoute;

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
