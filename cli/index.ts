#!/usr/bin/env node
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { processIo } from "./io";
import { runCli } from "./program";

/** Where this installation is: the folder above `dist`. */
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

// `npm start` reads this file too; only where it is the settings of this very installation, never one that lies around elsewhere.
const settings = join(ROOT, ".env");
if (process.cwd() === ROOT && existsSync(settings)) process.loadEnvFile(settings);
// A reader that has enough, such as `head`, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

process.exitCode = await runCli(process.argv.slice(2), { io: processIo() });
