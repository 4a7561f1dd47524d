import { openPage } from "@/lib/http/next/page";

/** The moment of the request by the server's own clock; for words such as "3 minutes ago", never for a decision. */
export async function requestTime(): Promise<Date> {
  return (await openPage())?.now ?? new Date();
}
