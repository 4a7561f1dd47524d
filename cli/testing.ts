import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandsOf, inWords } from "../lib/http/commands";
import { dispatch, testEdge } from "../lib/http/testing";
import type { TestEdge } from "../lib/http/testing";
import { controlPath, startControl } from "../lib/platform/control";
import { runCli } from "./program";
import type { Send } from "./transport";

export interface Ran {
  readonly code: 0 | 1;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly send?: Send;
  readonly terminal?: boolean;
  readonly answers?: readonly string[];
}

/** One command line over a terminal of strings; the state file is in `home`. */
export async function runIn(home: string, args: readonly string[], { env = {}, input = "", send, terminal = false, answers = [] }: RunOptions = {}): Promise<Ran> {
  const said = { out: "", err: "" };
  const left = [...answers];
  const code = await runCli(args, {
    io: {
      env: { RUNG_CONFIG_PATH: join(home, "state.json"), ...env }, inputIsTerminal: terminal, drawsProgress: terminal,
      out: (text) => { said.out += text; }, err: (text) => { said.err += text; }, input: async () => input, ask: async () => left.shift() ?? "",
    },
    ...(send === undefined ? {} : { send }),
  });
  return { code, ...said };
}

export interface TestHouse {
  readonly edge: TestEdge;
  readonly home: string;
  /** What was sent, in order: `METHOD path`. */
  readonly sent: string[];
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  close(): Promise<void>;
}

/** An installation in this process, with its control socket; requests go through the very files of app/. */
export async function testHouse(): Promise<TestHouse> {
  // Now, not then: the keys of the commands are dated by the wall clock on both sides.
  const edge = await testEdge(new Date());
  const home = mkdtempSync(join(tmpdir(), "rung-cli-"));
  const sent: string[] = [];
  const before = process.env["RUNG_DATA_DIR"];
  process.env["RUNG_DATA_DIR"] = join(home, "data");
  const control = await startControl(controlPath(join(home, "data")), inWords(commandsOf(edge.services)));
  const send: Send = async ({ method, url, headers, body }) => {
    sent.push(`${method} ${url.pathname}${url.search}`);
    const answer = await dispatch(new Request(url, { method, headers: { ...headers, host: url.host }, body }));
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
  };
  return {
    edge, home, sent,
    run: (args, options = {}) => runIn(home, args, { send, ...options }),
    async close() {
      await control.close();
      if (before === undefined) Reflect.deleteProperty(process.env, "RUNG_DATA_DIR");
      else process.env["RUNG_DATA_DIR"] = before;
      await edge.close();
      rmSync(home, { recursive: true });
    },
  };
}
