import "server-only";
import { headers } from "next/headers";
import { localeOf } from "../locale";

/** The language of the page being rendered. */
export async function pageLocale(): Promise<ReturnType<typeof localeOf>> {
  return localeOf(new Headers([...(await headers()).entries()]));
}
