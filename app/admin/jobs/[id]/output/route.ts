import { readJobOutput } from "@/lib/http/admin-jobs";
import { route } from "@/lib/http/handler";

/** What a job wrote, as a file. */
const handler = route({ GET: readJobOutput }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
