// A throw-away PostgreSQL server for the tests: its own directory, its own port, trust on loopback, gone afterwards.
import { spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCommand, installDebian } from "./prepare.mjs";

/** The directory with `initdb` and `postgres`, newest version first; null when there is none and none can be installed. */
export function findPostgres() {
  const search = () => {
    const base = "/usr/lib/postgresql";
    const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
    const packaged = versions.map((version) => join(base, version, "bin")).find((bin) => existsSync(join(bin, "initdb")));
    if (packaged !== undefined) return packaged;
    const onPath = findCommand(["initdb"], ["/usr/local/pgsql/bin", "/opt/homebrew/bin"]);
    return onPath === null ? null : join(onPath, "..");
  };
  return search() ?? (installDebian(["postgresql"]) ? search() : null);
}

/** PostgreSQL refuses to run as root: an ordinary user of this machine, or undefined when we are one already. */
function unprivilegedUser() {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const uid = spawnSync("id", ["-u", name], { encoding: "utf8" });
    const gid = spawnSync("id", ["-g", name], { encoding: "utf8" });
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error("PostgreSQL may not run as root, and this machine has neither the user postgres nor nobody.");
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Starts a server from the programs in `bin`. Answers its URL (an empty database) and how to stop it. */
export async function startPostgres(bin) {
  const user = unprivilegedUser();
  const home = mkdtempSync(join(tmpdir(), "rung-pg-"));
  if (user !== undefined) chownSync(home, user.uid, user.gid);
  const data = join(home, "data");
  const options = { cwd: home, ...user, env: { PATH: process.env.PATH ?? "", LC_ALL: "C", TZ: "UTC" } };
  const made = spawnSync(join(bin, "initdb"), ["-D", data, "-U", "rung", "--auth=trust", "-E", "UTF8", "--locale=C", "-N"], {
    ...options, encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1", unix_socket_directories: home, fsync: "off", synchronous_commit: "off", full_page_writes: "off",
    max_connections: "200", log_min_messages: "fatal",
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  const child = spawn(join(bin, "postgres"), ["-D", data, "-p", String(port), ...flags], { ...options, stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr.on("data", (chunk) => (words = (words + String(chunk)).slice(-4_000)));
  const closed = new Promise((resolve) => child.once("close", resolve));
  const stop = async () => {
    child.kill("SIGINT");
    await closed;
    rmSync(home, { recursive: true, force: true });
  };
  for (let round = 0; round < 100; round += 1) {
    if (child.exitCode !== null) break;
    const ready = spawnSync(join(bin, "pg_isready"), ["-h", "127.0.0.1", "-p", String(port), "-q"], options);
    if (ready.status === 0) return { url: `postgresql://rung@127.0.0.1:${port}/postgres`, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`The PostgreSQL server did not become ready: ${words}`);
}
