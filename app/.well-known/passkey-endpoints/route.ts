import { route } from "@/lib/http/handler";
import { passkeyEndpoints } from "@/lib/http/well-known";

/** Where password managers send people to add and manage passkeys. */
const handler = route({ GET: passkeyEndpoints }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
