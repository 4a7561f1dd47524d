import { route } from "@/lib/http/handler";
import { chooseLocale } from "@/lib/http/locale-choice";

/** The language switch of the footer. */
const handler = route({ POST: chooseLocale });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
