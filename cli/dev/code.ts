import { generate } from "otplib";
import { readEnv } from "../../lib/env";
import { linesOf } from "../../lib/platform/commands";
import { askControl, controlPath } from "../../lib/platform/control";
import { DEMO_PROJECTS, demoTotpSecret, findDemoPerson } from "../../prisma/demo-people";

/**
 * `npm run code -- grace@bank.test`: the code an authenticator app would show for a person of the seed, and the newest code that a
 * running development server sent to this address.
 */
const STEP_SECONDS = 30;
const email = process.argv[2] ?? "";
const person = findDemoPerson(email);

const mailed = await mailedCode(email);

if (person?.totp === true) {
  const seconds = Math.floor(Date.now() / 1000);
  const code = await generate({ secret: demoTotpSecret(person.email), epoch: seconds, period: STEP_SECONDS, digits: 6, algorithm: "sha1" });
  process.stdout.write(`${code}\n`);
  process.stderr.write(`${person.email}: good for ${STEP_SECONDS - (seconds % STEP_SECONDS)} more seconds, and once.\n`);
  if (mailed !== null) process.stderr.write(`By mail or text message: ${mailed.code}, ${mailed.words}.\n`);
} else if (mailed !== null) {
  process.stdout.write(`${mailed.code}\n`);
  process.stderr.write(`${email}: ${mailed.words}, good once.\n`);
} else {
  const known = DEMO_PROJECTS.flatMap((project) => project.people).filter((one) => one.totp).map((one) => one.email);
  process.stderr.write(`No development server that runs here sent a code to this address. People of the seed have an app that is known: npm run code -- ${known.join(" | ")}\n`);
  process.exitCode = 1;
}

async function mailedCode(address: string): Promise<{ readonly code: string; readonly words: string } | null> {
  if (address === "") return null;
  const answer = await askControl(controlPath(readEnv().dataDir), "mailed-code", [address]);
  const [code, words] = answer.kind === "answered" ? linesOf(answer.result) ?? [] : [];
  return code === undefined || words === undefined ? null : { code, words };
}
