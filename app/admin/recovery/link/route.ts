import { createLink } from "@/lib/http/admin-recovery";
import { route } from "@/lib/http/handler";

/** A recovery link for somebody, from an admin. */
const handler = route({ POST: createLink }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
