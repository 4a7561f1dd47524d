import { route } from "@/lib/http/handler";
import { relatedOrigins } from "@/lib/http/well-known";

/** Origins that share this relying party's passkeys. */
const handler = route({ GET: relatedOrigins }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
