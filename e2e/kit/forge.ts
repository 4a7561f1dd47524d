/** Forgeries of a ceremony's JSON answer: each differs from the honest text in one place. */
export interface Forgery {
  readonly name: string;
  readonly text: string;
}

type Answer = { readonly [key: string]: unknown } & { readonly response: Readonly<Record<string, unknown>> };

const NONSENSE: readonly (readonly [string, unknown])[] = [
  ["null", null], ["a number", 7], ["a flag", true], ["a list", ["x"]], ["an object", { toString: "x" }], ["nothing in it", ""], ["no base64url", "a+b/c="], ["padding", "AAAA===="],
  ["a stray bit", "AAB"], ["other letters", "äöü"], ["a long text", "A".repeat(70_000)],
];
const TEXTS: readonly string[] = [
  "x", "{", "[]", "null", "0", "\"text\"", "{}", "{\"response\":{}}", "[[[[", "{\"id\":\"a\"}", " ", "\u0000", "{\"__proto__\":{}}", "{\"response\":[]}", "true", "1e999", "{\"type\":\"public-key\"}",
];

/** Members removed, replaced and swapped; the text itself cut and replaced. */
export function structuralForgeries(text: string, binary: readonly string[]): readonly Forgery[] {
  const honest = JSON.parse(text) as Answer;
  const made: Forgery[] = [...TEXTS.map((bad) => ({ name: `the text ${JSON.stringify(bad)}`, text: bad }))];
  for (let part = 1; part < 12; part += 1) made.push({ name: `cut at ${String(part)}/12`, text: text.slice(0, Math.floor((text.length * part) / 12)) });
  for (const key of ["id", "rawId", "type", "response"]) {
    const { [key]: _gone, ...rest } = honest;
    made.push({ name: `without ${key}`, text: JSON.stringify(rest) });
    for (const [name, value] of NONSENSE) made.push({ name: `${key} is ${name}`, text: JSON.stringify({ ...honest, [key]: value }) });
  }
  for (const key of binary) {
    const { [key]: _gone, ...rest } = honest.response;
    made.push({ name: `without ${key}`, text: JSON.stringify({ ...honest, response: rest }) });
    for (const [name, value] of NONSENSE) made.push({ name: `${key} is ${name}`, text: withMember(honest, key, value) });
    for (const other of binary) if (other !== key) made.push({ name: `${key} is ${other}`, text: withMember(honest, key, honest.response[other]) });
  }
  return made;
}

/** One bit flipped at every `step`th byte of a member, and the member cut short or lengthened. */
export function byteForgeries(text: string, member: string, step = 1): readonly Forgery[] {
  const honest = JSON.parse(text) as Answer;
  const bytes = Buffer.from(String(honest.response[member]), "base64url");
  const send = (name: string, changed: Uint8Array): Forgery => ({ name: `${member} ${name}`, text: withMember(honest, member, Buffer.from(changed).toString("base64url")) });
  const made: Forgery[] = [];
  for (let at = 0; at < bytes.length; at += step) {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
    made.push(send(`with a bit flipped at ${String(at)}`, copy));
  }
  for (const keep of [0, 1, 36, 37, bytes.length >> 1, bytes.length - 1]) if (keep < bytes.length) made.push(send(`cut to ${String(keep)}`, bytes.subarray(0, keep)));
  for (const extra of [[0], [0xff], [0xa0], [0, 0, 0, 0]]) made.push(send(`with ${String(extra.length)} more (${String(extra[0])})`, Buffer.concat([bytes, Buffer.from(extra)])));
  return made;
}

function withMember(honest: Answer, key: string, value: unknown): string {
  return JSON.stringify({ ...honest, response: { ...honest.response, [key]: value } });
}
