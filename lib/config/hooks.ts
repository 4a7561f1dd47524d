import type { WebHookConfig } from "../model/project";
import type { Reader } from "./reader";
import { requestConfig } from "./requests";
import { isJsonObject } from "./schema";

/** The names of the hooks listed at `path`, in order. The schema has held each to its place (contract 8.2). */
export function hookNames(reader: Reader, path: string): readonly string[] {
  return reader.list(path).flatMap((item, index) => {
    const name = isJsonObject(item) ? item["hook"] : undefined;
    if (typeof name !== "string" || !isJsonObject(item)) return [];
    const at = `${path}.${index}.config`;
    if (name === "web_hook" && item["config"] === undefined) reader.refuse(at, "is missing; a web_hook needs at least url and method.");
    if (name !== "web_hook" && item["config"] !== undefined) reader.refuse(at, `has no meaning beside ${name}; only web_hook is configured.`);
    return [name];
  });
}

/** The web hooks listed at `path`, in order. */
export function webHooks(reader: Reader, path: string): readonly WebHookConfig[] {
  return reader.list(path).flatMap((item, index) => {
    if (!isJsonObject(item) || item["hook"] !== "web_hook" || item["config"] === undefined) return [];
    const hook = webHook(reader.inside(`/${path.replaceAll(".", "/")}/${index}/config`, item["config"]));
    return hook === null ? [] : [hook];
  });
}

function webHook(entry: Reader): WebHookConfig | null {
  const request = requestConfig(entry);
  const ignore = entry.flag("response.ignore", false);
  const parse = entry.flag("response.parse", false);
  const canInterrupt = entry.flag("can_interrupt", false);
  if (ignore && (parse || canInterrupt)) {
    const other = parse ? "parse" : "can_interrupt";
    entry.refuse("response.ignore", `must not be true together with ${other}: an answer that nobody waits for can change nothing.`);
  }
  return request === null ? null : { id: entry.text("id") ?? null, request, ignore, parse, canInterrupt };
}
