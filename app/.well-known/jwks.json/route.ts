import { route } from "@/lib/http/handler";
import { readJwks } from "@/lib/http/jwks";

/** Where verifiers of tokenised sessions find the public keys. */
const handler = route({ GET: readJwks }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
