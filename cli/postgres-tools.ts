import { spawn } from "node:child_process";
import { CliError } from "./errors";

/** The database as PostgreSQL's own programs are told of it: in the environment, because arguments are seen by everybody on a machine. */
export function connectionEnv(url: string): Readonly<Record<string, string>> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const ssl = searchParams.get("sslmode");
  return {
    PGHOST: hostname.replace(/^\[|\]$/g, ""), PGPORT: port === "" ? "5432" : port, PGUSER: decodeURIComponent(username), PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)), ...(ssl === null ? {} : { PGSSLMODE: ssl }),
  };
}

/** Runs one of PostgreSQL's programs to its end. Throws `CliError` with its words, or with `missing` when it is not installed. */
export async function runTool(name: string, args: readonly string[], url: string, missing: readonly string[]): Promise<void> {
  const child = spawn(name, [...args], { env: { ...process.env, ...connectionEnv(url) }, stdio: ["ignore", "ignore", "pipe"] });
  const words: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => words.push(chunk));
  const code = await new Promise<number | "missing" | null>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? resolve("missing") : reject(error)));
    child.once("close", resolve);
  });
  if (code === "missing") throw new CliError(...missing);
  if (code !== 0) throw new CliError(`${name} failed:`, Buffer.concat(words).toString("utf8").trim().slice(-2_000));
}
