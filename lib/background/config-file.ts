import { configFilePath, openConfigFile } from "../platform/config-file";
import type { Services } from "../services";

/**
 * Obeys rung.yml, where the installation has one, until `close`. `strict`, at a start: throws StartError (exit 24) with a report when
 * the file is wrong. A worker that takes a dead one's place goes on with the last good configuration instead.
 */
export async function startConfigFile({ env, db, resolver, clock, log }: Services, how: { readonly strict: boolean }): Promise<{ close(): void } | null> {
  const path = configFilePath(env);
  if (path === null) return null;
  return openConfigFile({ platform: db.platform, baseUrlOf: resolver.baseUrlOf, clock, log }, path, how);
}
