import { route } from "@/lib/http/handler";
import { startBrowser } from "@/lib/http/self-service";

/** Begins a flow in a browser. */
const handler = route({ GET: startBrowser }, { errors: "accept" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
