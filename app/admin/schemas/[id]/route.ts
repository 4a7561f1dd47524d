import { route } from "@/lib/http/handler";
import { readSchema } from "@/lib/http/public-reads";

/** One identity schema, where the admin API is looked for. */
const handler = route({ GET: readSchema }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
