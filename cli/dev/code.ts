import { generate } from "otplib";
import { DEMO_PROJECTS, demoTotpSecret, findDemoPerson } from "../../prisma/demo-people";

/** `npm run code -- grace@bank.test`: the code an authenticator app would show for a person of the seed. Asks no database. */
const STEP_SECONDS = 30;
const email = process.argv[2] ?? "";
const person = findDemoPerson(email);

if (person?.totp === true) {
  const seconds = Math.floor(Date.now() / 1000);
  const code = await generate({ secret: demoTotpSecret(person.email), epoch: seconds, period: STEP_SECONDS, digits: 6, algorithm: "sha1" });
  process.stdout.write(`${code}\n`);
  process.stderr.write(`${person.email}: good for ${STEP_SECONDS - (seconds % STEP_SECONDS)} more seconds, and once.\n`);
} else {
  const known = DEMO_PROJECTS.flatMap((project) => project.people).filter((one) => one.totp).map((one) => one.email);
  process.stderr.write(`Only people of the seed have a key that is known here: npm run code -- ${known.join(" | ")}\n`);
  process.exitCode = 1;
}
