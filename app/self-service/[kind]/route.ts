import { route } from "@/lib/http/handler";
import { resumeFlow } from "@/lib/http/self-service";
import { submitFlow } from "@/lib/http/submit";

/** Submits a flow; a GET comes back from re-authentication, or leads to the form. */
const handler = route({ GET: resumeFlow, POST: submitFlow }, { getActs: true });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
