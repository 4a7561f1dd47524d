import { afterAll, beforeAll } from "vitest";
import { startServer } from "./server";
import type { ServerOptions, TestServer } from "./server";

/** One server for all tests of a file. */
export function useServer(options: ServerOptions = {}): { readonly server: TestServer } {
  let running: TestServer | null = null;
  beforeAll(async () => {
    running = await startServer(options);
  });
  afterAll(async () => {
    await running?.dispose();
  });
  return {
    get server(): TestServer {
      if (running === null) throw new Error("the server has not started");
      return running;
    },
  };
}
