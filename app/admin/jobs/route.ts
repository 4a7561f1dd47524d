import { orderJob, readJobs } from "@/lib/http/admin-jobs";
import { route } from "@/lib/http/handler";

/** Orders long work, and lists what was ordered, for whoever holds a key of the project. */
const handler = route({ GET: readJobs, POST: orderJob }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
