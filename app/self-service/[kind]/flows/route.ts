import { route } from "@/lib/http/handler";
import { fetchFlow } from "@/lib/http/self-service";

/** Reads a flow. */
const handler = route({ GET: fetchFlow }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
