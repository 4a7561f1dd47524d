import { whoamiRoute } from "@/lib/http/whoami";

/** The second mount of whoami; in production server.ts answers first. */
const handler = whoamiRoute;

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
