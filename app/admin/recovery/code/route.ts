import { createCode } from "@/lib/http/admin-recovery";
import { route } from "@/lib/http/handler";

/** A recovery code for somebody, from an admin. */
const handler = route({ POST: createCode }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
