import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";

/** What a browser without script would get. */
export interface Shown {
  readonly html: string;
  /** Everything that a person reads or hears, in one line. */
  readonly words: string;
  /** Names of the fields that each form sends, with their values; the submitting buttons apart. */
  /** Fields and buttons that name their form because they stand outside of it: "form: name=value". */
  readonly outside: readonly string[];
  readonly forms: readonly { readonly html: string; readonly fields: Readonly<Record<string, string>>; readonly names: readonly string[]; readonly buttons: readonly string[] }[];
}

export function show(page: ReactNode): Shown {
  const html = renderToStaticMarkup(page);
  const forms = [...html.matchAll(/<form\b[^>]*>([\s\S]*?)<\/form>/g)].map(([whole, inside = ""]) => {
    const inputs = [...inside.matchAll(/<input\b([^>]*)>/g)].map(([, text = ""]) => attributesOf(text));
    const named = inputs.flatMap((input) => (input["name"] === undefined ? [] : [[input["name"], input["value"] ?? ""] as const]));
    return {
      html: whole, names: named.map(([name]) => name), fields: Object.fromEntries(named),
      buttons: [...inside.matchAll(/<button\b([^>]*)>/g)].map(([, text = ""]) => attributesOf(text)).filter(({ type }) => type === "submit").map(({ name = "", value = "" }) => `${name}=${value}`),
    };
  });
  const outside = [...html.matchAll(/<(?:input|button)\b([^>]*)>/g)].map(([, text = ""]) => attributesOf(text))
    .flatMap(({ form, name = "", value = "" }) => (form === undefined ? [] : [`${form}: ${name}=${value}`]));
  const words = unescaped(html.replace(/<[^>]+>/g, " ")).replace(/\s+/g, " ").trim();
  return { html, words, forms, outside };
}

function attributesOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...text.matchAll(/([a-zA-Z-]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, unescaped(value)]));
}
function unescaped(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** What every page must keep: one heading, no id twice, a label for each field, no field said twice in one form. Empty when it does. */
export function brokenRules({ html, words, forms }: Shown): readonly string[] {
  const headings = html.match(/<h1\b/g)?.length ?? 0;
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id ?? "");
  const labelled = new Set([...html.matchAll(/\sfor="([^"]+)"/g)].map(([, id]) => id ?? ""));
  const described = [...html.matchAll(/\saria-(?:describedby|labelledby)="([^"]+)"/g)].flatMap(([, list = ""]) => list.split(" "));
  const visible = [...html.matchAll(/<input\b([^>]*)>/g)].map(([, text = ""]) => attributesOf(text)).filter((input) => input["type"] !== "hidden" && input["aria-hidden"] !== "true" && input["type"] !== "checkbox");
  return [
    ...(headings === 1 ? [] : [`${String(headings)} headings`]),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `the id ${id} twice`),
    ...visible.filter(({ id = "" }) => !labelled.has(id)).map(({ name = "?" }) => `${name} without a label`),
    ...described.filter((id) => !ids.includes(id)).map((id) => `described by ${id}, which is not there`),
    ...forms.flatMap(({ names, buttons }) => [
      ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} twice in one form`),
      ...(names.includes("method") && buttons.some((button) => button.startsWith("method=")) ? ["method from a field and from a button"] : []),
    ]),
    ...(/\b(common|login|code|link|settings|recovery|addressBack|verification|setupMfa|ceremony|passkey|webauthn|addresses|message|reason)\.[a-z]\w+/.test(words) ? [`a key instead of words: ${words}`] : []),
  ];
}
