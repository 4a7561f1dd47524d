import { firstOf } from "@/app/search-params";

/** Reads single values of an address bar by name. */
export function askedOf(query: Record<string, string | string[] | undefined>): (name: string) => string | null {
  return (name) => firstOf(query[name]);
}

/** One text of a form; empty for what is none. */
export function field(formData: FormData, name: string): string {
  const value = formData.get(name);
  return typeof value === "string" ? value : "";
}
