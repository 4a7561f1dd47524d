import { route } from "@/lib/http/handler";
import { startNative } from "@/lib/http/self-service";

/** Begins a flow in an app. */
const handler = route({ GET: startNative }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
