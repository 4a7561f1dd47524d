import { route } from "@/lib/http/handler";
import { listSchemas } from "@/lib/http/public-reads";

/** Identity schemas, where the admin API is looked for. */
const handler = route({ GET: listSchemas }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
