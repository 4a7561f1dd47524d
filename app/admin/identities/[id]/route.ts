import { patch, read, removePerson, replace } from "@/lib/http/admin-identities";
import { route } from "@/lib/http/handler";

/** One person: read, replaced, patched, deleted. */
const handler = route({ GET: read, PUT: replace, PATCH: patch, DELETE: removePerson }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
