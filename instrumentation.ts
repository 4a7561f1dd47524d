/**
 * Runs once before the first request. Under `next dev` and plain `next start` it boots the services; behind server.ts they are
 * there already, and this finds them.
 */
export async function register(): Promise<void> {
  if (process.env["NEXT_RUNTIME"] === "edge") return;
  const { getServices } = await import("./lib/services");
  await getServices();
}
