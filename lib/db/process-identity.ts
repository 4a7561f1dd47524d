import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { promisify } from "node:util";

/** Who holds a lock. A pid alone is not enough: pids are given again, and two containers each have a pid 1. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process began, in whatever unit its system counts; compared for equality only. Empty where unknown. */
  readonly startedAt: string;
  /** Where the pid means something: one boot and one pid namespace, or the host's name. */
  readonly place: string;
}

/** Field 22 of /proc/<pid>/stat, clock ticks since boot; what comes before the last ")" is the name and may hold anything. */
async function startOnLinux(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  return stat === null ? null : stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

async function startElsewhere(pid: number): Promise<string> {
  const answer = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => null);
  return answer?.stdout.trim() ?? "";
}

async function startOf(pid: number): Promise<string> {
  return process.platform === "linux" ? await startOnLinux(pid) ?? "" : await startElsewhere(pid);
}

async function thisPlace(): Promise<string> {
  if (process.platform !== "linux") return hostname();
  const [boot, namespace] = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => ""),
    readlink("/proc/self/ns/pid").catch(() => ""),
  ]);
  return `${boot.trim()} ${namespace}`;
}

export async function thisProcess(): Promise<ProcessIdentity> {
  return { pid: process.pid, startedAt: await startOf(process.pid), place: await thisPlace() };
}

export type Liveness = "alive" | "dead" | "elsewhere";

/** `elsewhere`: another machine or container, whose processes cannot be seen from here. */
export async function livenessOf(holder: ProcessIdentity): Promise<Liveness> {
  if (holder.place !== await thisPlace()) return "elsewhere";
  if (!exists(holder.pid)) return "dead";
  return await startOf(holder.pid) === holder.startedAt ? "alive" : "dead";
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
