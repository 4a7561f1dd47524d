import { test as base } from "@playwright/test";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "@playwright/test";
import { anyAddress } from "./client";
import { startServer } from "./server";
import type { ServerOptions, TestServer } from "./server";

interface Fixtures {
  /** A person's browser: own cookies, own address, so attempt limits of tests never meet. */
  readonly newBrowser: (options?: BrowserContextOptions) => Promise<Page>;
  /** A server of this test alone, to restart with another clock. */
  readonly ownServer: (options?: ServerOptions) => Promise<TestServer>;
}
interface WorkerFixtures {
  readonly server: TestServer;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    async ({ browser: _browser }, use) => {
      const server = await startServer();
      await use(server);
      await server.dispose();
    },
    { scope: "worker" },
  ],
  context: async ({ browser }, use) => {
    const context = await contextOf(browser);
    await use(context);
    await context.close();
  },
  newBrowser: async ({ browser }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options) => {
      const context = await contextOf(browser, options);
      opened.push(context);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
  ownServer: async ({ browser: _browser }, use) => {
    const started: TestServer[] = [];
    await use(async (options) => {
      const server = await startServer(options);
      started.push(server);
      return server;
    });
    for (const server of started) await server.dispose();
  },
});
export { expect } from "@playwright/test";

function contextOf(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({ locale: "en-US", timezoneId: "UTC", ...options, extraHTTPHeaders: { "x-forwarded-for": anyAddress(), ...options.extraHTTPHeaders } });
}
