/** What stands for a secret, the same for all. */
export const DOTS = "••••••••";

/** Addresses in a text without the name and password that stand before the host. */
export function maskUserInfo(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#]*@/gi, `$1${DOTS}@`);
}

/** The same for an address that the server calls: the values of its query are dots too, the names stay. */
export function maskCalled(text: string): string {
  const at = text.indexOf("?");
  if (at < 0) return maskUserInfo(text);
  const [query = ""] = text.slice(at + 1).split("#", 1);
  const hidden = query.split("&").map((part) => {
    const equals = part.indexOf("=");
    return part === "" ? part : `${equals < 0 ? "" : part.slice(0, equals + 1)}${DOTS}`;
  });
  return `${maskUserInfo(text.slice(0, at))}?${hidden.join("&")}`;
}
