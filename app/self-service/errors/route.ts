import { route } from "@/lib/http/handler";
import { readFlowError } from "@/lib/http/public-reads";

/** A stored error. */
const handler = route({ GET: readFlowError }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
