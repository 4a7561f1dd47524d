import { access, constants, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { START_EXIT, StartError } from "../model/errors";
import { crc32c } from "./crc32c";

/*
 * PGlite initialises a directory afresh where PG_VERSION is missing, over every account in it (measured). So the directory
 * is looked at first, only looked at, and anything but an empty one or a whole store is refused.
 */

/** The PostgreSQL inside the pinned PGlite, and where its control file keeps what is read here (src/include/catalog/pg_control.h). */
const MAJOR_VERSION = "18";
const CONTROL = { bytes: 8_192, redoAt: 40, timelineAt: 48, crcAt: 292 };
const SEGMENT_BYTES = 16 * 1024 * 1024;

const NEEDED = ["PG_VERSION", "base", "global", "pg_wal", "pg_xact", "pg_multixact", "postgresql.conf"];
/** What PostgreSQL itself puts there, and what a volume or a file manager does. */
const KNOWN = /^(base|global|pg_[a-z_]+(\.conf)?|PG_VERSION|postgresql(\.auto)?\.conf|postmaster\.(pid|opts)|lost\+found|\.DS_Store)$/;
const HARMLESS = new Set(["lost+found", ".DS_Store"]);

/** `empty`: nothing there, or an empty directory. Throws StartError (exit 11) for what is neither empty nor whole. */
export async function probe(dataDir: string): Promise<"empty" | "store"> {
  const names = await list(dataDir);
  if (names.every((name) => HARMLESS.has(name))) return "empty";
  const missing = NEEDED.find((name) => !names.includes(name));
  if (missing !== undefined) throw damaged(dataDir, `${missing} is missing`);
  const foreign = names.find((name) => !KNOWN.test(name));
  if (foreign !== undefined) throw damaged(dataDir, `it holds ${foreign}, which is not part of a store`);
  const version = (await contentOf(dataDir, "PG_VERSION")).toString("utf8").trim();
  if (version !== MAJOR_VERSION) throw damaged(dataDir, `it was written by PostgreSQL ${version.slice(0, 12)}, and this version reads ${MAJOR_VERSION}`);
  await checkControl(dataDir);
  await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK).catch(() => {
    throw damaged(dataDir, "it is not writable for this user");
  });
  return "store";
}

async function list(dataDir: string): Promise<readonly string[]> {
  try {
    return await readdir(dataDir);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return [];
    throw damaged(dataDir, code === "ENOTDIR" ? "it is not a directory" : "it cannot be read by this user");
  }
}

async function contentOf(dataDir: string, ...path: readonly string[]): Promise<Buffer> {
  const name = join(...path);
  const file = await open(join(dataDir, name), "r").catch(() => {
    throw damaged(dataDir, `${name} is missing or cannot be read`);
  });
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CONTROL.bytes), 0, CONTROL.bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The control file by its checksum, and the write-ahead segment that a recovery would begin with. */
async function checkControl(dataDir: string): Promise<void> {
  const control = await contentOf(dataDir, "global", "pg_control");
  if (control.length !== CONTROL.bytes || crc32c(control.subarray(0, CONTROL.crcAt)) !== control.readUInt32LE(CONTROL.crcAt)) {
    throw damaged(dataDir, "global/pg_control is damaged");
  }
  const redo = control.readBigUInt64LE(CONTROL.redoAt);
  const parts = [BigInt(control.readUInt32LE(CONTROL.timelineAt)), redo >> 32n, (redo & 0xffffffffn) / BigInt(SEGMENT_BYTES)];
  const segment = parts.map((part) => part.toString(16).toUpperCase().padStart(8, "0")).join("");
  const start = await contentOf(dataDir, "pg_wal", segment);
  const size = (await stat(join(dataDir, "pg_wal", segment))).size;
  if (size !== SEGMENT_BYTES || start.subarray(0, 2).every((byte) => byte === 0)) throw damaged(dataDir, `pg_wal/${segment} is damaged`);
}

function damaged(dataDir: string, why: string): StartError {
  return new StartError(
    `The database in ${dataDir} cannot be opened: ${why}. Nothing in it was changed; restore the directory from a backup, or move it away to start empty.`,
    START_EXIT.storeDamaged);
}
