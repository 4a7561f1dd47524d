import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import autocannon from "autocannon";
import { openDatabase } from "../../lib/db/open";
import { createPasswordHasher } from "../../lib/crypto/password";
import type { AccessRequirement, SessionFacts, SubjectFacts } from "../../lib/model/policy";
import { decideAccess } from "../../lib/policy/access";
import { multiply, prepareSignIn, registerOne, tokenOf } from "./bench/people";
import type { BenchPerson } from "./bench/people";
import { benchPeople } from "./bench/people-figures";
import { benchSize } from "./bench/size";
import { startBare, startRung } from "./bench/servers";

/*
 * npm run bench: ratios within one run. Absolute figures belong to the machine and to what else it does; the ratios are what
 * may be compared. Nothing is asserted. `npm run bench -- people`: an operator's work on 20,000 people, over the wire. `npm run bench -- size
 * 10000 1000000`: every page and list on databases of these sizes.
 */

const SIZES = [1_000, 100_000];
const CONNECTIONS = 16;
/** Each target is loaded in turn, round after round, so that all meet the same weather; the median round counts. */
const ROUNDS = 3;
const SECONDS = 3;
const SIGN_INS = 40;

if (process.argv[2] === "--bare") await serveBare(Number(process.argv[3]), process.argv[4] ?? "");
else if (process.argv[2] === "people") await benchPeople(say);
else if (process.argv[2] === "size") await benchSize(process.argv.slice(3), say);
else await bench();

interface Load {
  readonly perSecond: number;
  readonly p99Ms: number;
}
interface Row {
  readonly what: string;
  readonly figures: readonly string[];
}

async function bench(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "rung-bench-"));
  const dataDir = join(home, "data");
  try {
    say("A first start makes the database …");
    const first = await startRung(dataDir);
    const person = await registerOne(first.url);
    await first.stop();
    const measured: Measured[] = [];
    let from = 0;
    for (const size of SIZES) {
      say(`${size.toLocaleString("en")} people with a session each …`);
      await multiply(dataDir, person, from, size);
      from = size;
      measured.push(await measure(dataDir, person, size));
    }
    const decision = decisionNanoseconds();
    report(measured, decision);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

interface Measured {
  readonly size: number;
  readonly bare: Load;
  readonly hot: Load;
  readonly viaNext: Load;
  readonly nextBare: Load;
  readonly hashMs: number;
  readonly signInMs: number;
}

async function measure(dataDir: string, person: BenchPerson, size: number): Promise<Measured> {
  const copy = join(dirname(dataDir), "bare");
  cpSync(dataDir, copy, { recursive: true });
  const bareServer = await startBare(copy);
  const server = await startRung(dataDir);
  try {
    // A dot segment is another spelling of the same path: it passes by the hot table and is answered by the framework.
    const targets = {
      bare: `${bareServer.url}/`, hot: `${server.url}/sessions/whoami`, viaNext: `${server.url}/sessions/./whoami`, nextBare: `${server.url}/health/./alive`,
    };
    const rounds: Record<keyof typeof targets, Load[]> = { bare: [], hot: [], viaNext: [], nextBare: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of ["bare", "hot", "viaNext", "nextBare"] as const) rounds[name].push(await load(targets[name], size));
    }
    const middle = (loads: readonly Load[]): Load => [...loads].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(loads.length / 2)] ?? { perSecond: 0, p99Ms: 0 };
    const { hashMs, signInMs } = await signIns(server.url, person);
    return { size, bare: middle(rounds.bare), hot: middle(rounds.hot), viaNext: middle(rounds.viaNext), nextBare: middle(rounds.nextBare), hashMs, signInMs };
  } finally {
    await bareServer.stop();
    await server.stop();
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Requests per second of one address, asked by a different person each time. A second of warming up first. */
async function load(target: string, people: number): Promise<Load> {
  const at = target.indexOf("/", "http://".length);
  const [url, path] = [target.slice(0, at), target.slice(at)];
  const requests = Array.from({ length: 200 }, (_, index) => ({ path, headers: { "x-session-token": tokenOf(1 + ((index * 4_999) % people)), accept: "application/json" } }));
  await autocannon({ url, connections: CONNECTIONS, duration: 1, requests });
  const result = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS, requests });
  if (result.errors + result.timeouts + result.non2xx > 0) throw new Error(`${path}: ${String(result.non2xx)} refused, ${String(result.errors)} broken`);
  return { perSecond: result.requests.average, p99Ms: result.latency.p99 };
}

/** Medians of one sign-in's submit and of its bare hash, taken in turn so that both meet the same weather. */
async function signIns(url: string, person: BenchPerson): Promise<{ readonly hashMs: number; readonly signInMs: number }> {
  const hasher = createPasswordHasher({ profile: "production", blocklist: { isListed: () => false }, sample: () => Promise.resolve(null) });
  const stored = await hasher.hash(person.password);
  const hashes: number[] = [];
  const submits: number[] = [];
  for (let round = 0; round < SIGN_INS; round += 1) {
    hashes.push(await timed(async () => { await hasher.verify(stored, person.password); }));
    submits.push(await timed(await prepareSignIn(url, person)));
  }
  return { hashMs: median(hashes), signInMs: median(submits) };
}

async function timed(run: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** One decision over a session of two methods, in nanoseconds. */
function decisionNanoseconds(): number {
  const now = new Date();
  const session: SessionFacts = {
    methods: [{ method: "password", aal: "aal1", completedAt: now }, { method: "totp", aal: "aal2", completedAt: now }],
    expiresAt: new Date(now.getTime() + 3_600_000), revokedAt: null,
  };
  const subject: SubjectFacts = { availableAal: "aal2", usable: [{ method: "password", aal: "aal1" }, { method: "totp", aal: "aal2" }] };
  const requirement: AccessRequirement = { aal: "aal2", maxAgeSeconds: 900 };
  const rounds = 1_000_000;
  let allowed = 0;
  for (let round = 0; round < 100_000; round += 1) if (decideAccess(session, subject, requirement, now).kind === "allow") allowed += 1;
  const began = performance.now();
  for (let round = 0; round < rounds; round += 1) if (decideAccess(session, subject, requirement, now).kind === "allow") allowed += 1;
  const took = performance.now() - began;
  if (allowed !== rounds + 100_000) throw new Error("the decision is wrong");
  return (took * 1_000_000) / rounds;
}

function report(measured: readonly Measured[], decision: number): void {
  const column = (pick: (one: Measured) => string): readonly string[] => measured.map(pick);
  const ratio = (a: number, b: number): string => (a / b).toFixed(2);
  const rate = ({ perSecond, p99Ms }: Load): string => `${Math.round(perSecond).toLocaleString("en")}/s, p99 ${String(p99Ms)} ms`;
  const rows: readonly Row[] = [
    { what: "people and sessions", figures: column(({ size }) => size.toLocaleString("en")) },
    { what: "bare node:http, one prepared read", figures: column(({ bare }) => rate(bare)) },
    { what: "whoami through server.ts", figures: column(({ hot }) => rate(hot)) },
    { what: "bare Next route (health)", figures: column(({ nextBare }) => rate(nextBare)) },
    { what: "whoami through Next", figures: column(({ viaNext }) => rate(viaNext)) },
    { what: "one password hash", figures: column(({ hashMs }) => `${hashMs.toFixed(1)} ms`) },
    { what: "one sign-in", figures: column(({ signInMs }) => `${signInMs.toFixed(1)} ms`) },
    { what: "RATIO whoami server.ts : bare read        (aim 0.4)", figures: column(({ hot, bare }) => ratio(hot.perSecond, bare.perSecond)) },
    { what: "RATIO whoami Next : bare Next route", figures: column(({ viaNext, nextBare }) => ratio(viaNext.perSecond, nextBare.perSecond)) },
    { what: "RATIO whoami server.ts : whoami Next      (aim 5)", figures: column(({ hot, viaNext }) => ratio(hot.perSecond, viaNext.perSecond)) },
    { what: "RATIO sign-in : its hash                  (aim 1.15)", figures: column(({ signInMs, hashMs }) => ratio(signInMs, hashMs)) },
  ];
  const width = Math.max(...rows.map(({ what }) => what.length));
  say("");
  for (const { what, figures } of rows) say(`${what.padEnd(width)}  ${figures.map((figure) => figure.padStart(24)).join("")}`);
  const [small, large] = measured;
  if (small !== undefined && large !== undefined) {
    say(`${`RATIO whoami at ${large.size.toLocaleString("en")} : at ${small.size.toLocaleString("en")}`.padEnd(width)}  ${ratio(large.hot.perSecond, small.hot.perSecond).padStart(24)}`);
  }
  say(`${"one policy decision".padEnd(width)}  ${`${Math.round(decision).toString()} ns`.padStart(24)}`);
  say(`\n${String(CONNECTIONS)} connections, Node ${process.versions.node}. Compare the ratios, not the figures.`);
}

async function serveBare(port: number, dataDir: string): Promise<void> {
  const database = await openDatabase({ kind: "embedded", dataDir, log: { info: () => undefined, warn: () => undefined } });
  const body = JSON.stringify({ id: "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f", active: true });
  const server = createServer((_request, response) => {
    database.benchRead().then(
      () => { response.writeHead(200, { "content-type": "application/json" }).end(body); },
      () => { response.writeHead(503).end(); },
    );
  });
  server.listen(port, "127.0.0.1");
  process.once("SIGTERM", () => {
    server.closeAllConnections();
    server.close(() => void database.close().then(() => process.exit(0)));
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
