import { importPeople } from "@/lib/http/job-files";
import { route } from "@/lib/http/handler";

/** A file of people becomes a job. */
const handler = route({ POST: importPeople });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
