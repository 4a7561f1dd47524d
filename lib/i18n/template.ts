/** A sentence, parsed: plain words, values to fill in, and plural choices. */
export type Part =
  | { readonly kind: "words"; readonly text: string }
  | { readonly kind: "value"; readonly name: string; readonly format: ValueFormat }
  | { readonly kind: "plural"; readonly name: string; readonly forms: Readonly<Record<string, readonly Part[]>> };

export type ValueFormat = "plain" | "number" | "date" | "datetime" | "list";
const FORMATS: readonly string[] = ["number", "date", "datetime", "list"];

const parsed = new Map<string, readonly Part[]>();

/** Parses `{name}`, `{name, number|date|datetime|list}` and `{name, plural, one {…} other {…}}`. Throws on broken braces: a test's job. */
export function parseTemplate(text: string): readonly Part[] {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const parts = readParts(text);
  parsed.set(text, parts);
  return parts;
}

/** Names of all arguments a sentence needs, sorted; the catalogues are compared by it. */
export function argumentsOf(text: string): readonly string[] {
  const names = new Set<string>();
  const visit = (parts: readonly Part[]): void => {
    for (const part of parts) {
      if (part.kind === "words") continue;
      names.add(part.name);
      if (part.kind === "plural") Object.values(part.forms).forEach(visit);
    }
  };
  visit(parseTemplate(text));
  return [...names].sort();
}

function readParts(text: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("{", at);
    if (open === -1) {
      parts.push({ kind: "words", text: text.slice(at) });
      break;
    }
    if (open > at) parts.push({ kind: "words", text: text.slice(at, open) });
    const close = closingBrace(text, open);
    parts.push(readArgument(text.slice(open + 1, close)));
    at = close + 1;
  }
  return parts;
}

function readArgument(inside: string): Part {
  const [name = "", kind = ""] = inside.split(",", 2).map((piece) => piece.trim());
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new Error(`not an argument: {${inside}}`);
  if (kind === "") return { kind: "value", name, format: "plain" };
  if (kind === "plural") return { kind: "plural", name, forms: readForms(inside.slice(inside.indexOf("plural") + "plural".length)) };
  if (!FORMATS.includes(kind)) throw new Error(`unknown format: {${inside}}`);
  return { kind: "value", name, format: kind as ValueFormat };
}

function readForms(text: string): Readonly<Record<string, readonly Part[]>> {
  const forms: Record<string, readonly Part[]> = {};
  let at = 0;
  for (;;) {
    const open = text.indexOf("{", at);
    if (open === -1) break;
    const close = closingBrace(text, open);
    forms[text.slice(at, open).replace(",", "").trim()] = readParts(text.slice(open + 1, close));
    at = close + 1;
  }
  if (forms["other"] === undefined) throw new Error("a plural needs its form for other numbers");
  return forms;
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`a brace is not closed: ${text}`);
}
