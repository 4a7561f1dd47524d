import { noTestLogin } from "@/lib/http/admin-elsewhere";
import { route } from "@/lib/http/handler";

/** Dry runs of a provider are not offered. */
const handler = route({ POST: noTestLogin }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
