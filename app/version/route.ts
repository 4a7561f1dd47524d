import { versionRoute } from "@/lib/http/probes";

/** The product's version. */
const handler = versionRoute;

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
