import { createHash } from "node:crypto";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestServer } from "./server";

/** A key of a quarter of an hour, as the command line gets one from the running server: of the installation, or of one project. */
export async function localKey(server: Pick<TestServer, "dataDir">, ...scope: readonly ["installation"] | readonly ["project", string]): Promise<string> {
  const line = await new Promise<string>((resolve, reject) => {
    const socket = createConnection(socketOf(server.dataDir));
    let said = "";
    socket.setTimeout(20_000, () => socket.destroy(new Error("the server did not answer on its socket")));
    socket.on("connect", () => socket.write(`${JSON.stringify({ command: "local-key", args: scope })}\n`));
    socket.on("data", (chunk: Buffer) => { said += chunk.toString("utf8"); });
    socket.once("error", reject);
    socket.once("close", () => resolve(said.trim().split("\n").at(-1) ?? ""));
  });
  const answer = JSON.parse(line) as { readonly ok: boolean; readonly result?: { readonly token?: string } | null };
  const token = answer.result?.token;
  if (!answer.ok || token === undefined) throw new Error(`no key: ${line.slice(0, 200)}`);
  return token;
}

/** Beside the data, or in the temporary folder where that path is too long for a socket. */
function socketOf(dataDir: string): string {
  const beside = join(dirname(dataDir), "run", "control.sock");
  if (Buffer.byteLength(beside) <= 100) return beside;
  const name = createHash("sha256").update(dataDir).digest("hex").slice(0, 16);
  return join(tmpdir(), `rung-${String(process.getuid?.() ?? 0)}-${name}`, "control.sock");
}
