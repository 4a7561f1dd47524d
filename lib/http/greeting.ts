import { needsFirstAdmin } from "../platform/admins";
import { makeSetupLink } from "../platform/setup-link";
import type { Services } from "../services";

/** What a start prints: where to go first. While nobody administers, each start makes a set-up link, good once for an hour. */
export async function greetingLines(services: Services): Promise<readonly string[]> {
  const { env, db, clock } = services;
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
  if (await needsFirstAdmin(db.platform)) {
    const link = await makeSetupLink(db.platform, env, clock.now());
    lines.push("", "  Become the first admin (once, within an hour; a new link: npm run setup-link):", `  ${link.url}`);
  }
  return [...lines, ""];
}
