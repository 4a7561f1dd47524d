import { create } from "@/lib/http/admin-identities";
import { batch, list } from "@/lib/http/admin-identity-list";
import { route } from "@/lib/http/handler";

/** People of the project: listed, created, imported. */
const handler = route({ GET: list, POST: create, PATCH: batch }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
