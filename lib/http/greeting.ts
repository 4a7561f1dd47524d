import { needsFirstAdmin } from "../platform/admins";
import { systemActor } from "../platform/audit";
import { makeSetupLink } from "../platform/setup-link";
import type { Services } from "../services";

/**
 * What a start prints: where to go first. The very first start also makes the set-up link; later ones only say how to make
 * a new one, because a link that opens the console does not belong in every log.
 */
export async function greetingLines(services: Services): Promise<readonly string[]> {
  const { env, db } = services;
  const at = (path: string, base = env.publicUrl): string => new URL(path, base).href;
  const lines = [
    "",
    `Rung is ready: ${env.publicUrl.origin}`,
    "",
    `  Sign up       ${at("/self-service/registration/browser")}`,
    `  Settings      ${at("/self-service/settings/browser")}`,
    `  Step-up demo  ${at("/payment")}   a second step at most 15 minutes old`,
    `                ${at("/orders")}    the best you have`,
    `  Console       ${at("/console", env.consoleUrl)}`,
  ];
  if (await needsFirstAdmin(db.platform)) lines.push("", ...(await firstAdminLines(services)));
  return [...lines, ""];
}

async function firstAdminLines({ env, db, clock, firstStart }: Services): Promise<readonly string[]> {
  if (!firstStart) return ["  Nobody administers yet. Make a set-up link: npm run setup-link"];
  const link = await makeSetupLink({ db, hosts: env, now: clock.now() }, { action: "admin.link_made", actor: systemActor });
  return ["  Become the first admin (once, within an hour; a new link: npm run setup-link):", `  ${link.url}`];
}
