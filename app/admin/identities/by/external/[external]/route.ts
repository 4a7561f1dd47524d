import { readByExternalId } from "@/lib/http/admin-identities";
import { route } from "@/lib/http/handler";

/** One person, by the id another system knows them by. */
const handler = route({ GET: readByExternalId }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
