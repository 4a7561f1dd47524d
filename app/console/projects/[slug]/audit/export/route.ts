import { exportAudit } from "@/lib/http/audit-export";
import { route } from "@/lib/http/handler";

/** The audit log as a file, or the signed statement about it. */
const handler = route({ POST: exportAudit });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
