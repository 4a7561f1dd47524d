import { jobOutput } from "@/lib/http/job-files";
import { route } from "@/lib/http/handler";

/** What a job wrote. */
const handler = route({ POST: jobOutput });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
