import { readJob, removeJob } from "@/lib/http/admin-jobs";
import { route } from "@/lib/http/handler";

/** How far a job is; ends it, or removes it when it is over. */
const handler = route({ DELETE: removeJob, GET: readJob }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
