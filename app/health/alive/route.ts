import { aliveRoute } from "@/lib/http/probes";

/** The process lives. */
const handler = aliveRoute;

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
