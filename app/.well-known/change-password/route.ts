import { route } from "@/lib/http/handler";
import { changePassword } from "@/lib/http/public-reads";

/** Where password managers send people. */
const handler = route({ GET: changePassword });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
