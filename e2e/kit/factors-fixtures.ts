import { test as base } from "./browser-test";
import { PAIRS } from "./factors";
import type { Pair } from "./factors";
import { World } from "./factors-world";
import { startMailSink } from "./mail-sink";
import type { MailSink } from "./mail-sink";
import type { TestServer } from "./server";

/** A server of this test alone, with a mail server beside it. */
export interface PostedServer {
  readonly mail: MailSink;
  server: TestServer;
  /** The server's clock moves on by so much. */
  passSeconds(seconds: number): Promise<void>;
}

/** Browser tests with the projects of the matrix, or with mail. */
export const test = base.extend<{ readonly posted: PostedServer }, { readonly world: World }>({
  world: [
    async ({ browser: _browser }, use) => {
      const world = await World.begin(PAIRS.filter((pair): pair is Extract<Pair, { kind: "possible" }> => pair.kind === "possible").map(({ needs }) => needs));
      await use(world);
      await world.end();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  posted: async ({ ownServer }, use) => {
    const mail = await startMailSink();
    let shift = 0;
    const posted: PostedServer = {
      mail, server: await ownServer({ env: { RUNG_SMTP_URL: mail.url } }),
      async passSeconds(seconds) {
        shift += seconds;
        posted.server = await posted.server.restart({ shiftSeconds: shift });
      },
    };
    await use(posted);
    await posted.server.dispose();
    await mail.close();
  },
});
export { expect } from "./browser-test";
