import { removeCredential } from "@/lib/http/admin-identities";
import { route } from "@/lib/http/handler";

/** A credential of a person, taken away. */
const handler = route({ DELETE: removeCredential }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
