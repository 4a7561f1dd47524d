import { afterAll, beforeAll } from "vitest";
import { startMailSink } from "./mail-sink";
import type { MailSink } from "./mail-sink";
import { startServer } from "./server";
import type { ServerOptions, TestServer } from "./server";
import { startSmsSink } from "./sms-sink";
import type { SmsSink } from "./sms-sink";

/** One server for all tests of a file, with a real mail server and a service for text messages beside it. */
export interface Posted {
  readonly server: TestServer;
  readonly mail: MailSink;
  readonly sms: SmsSink;
  /** The server's clock moves on, its data stay. The address stays too, so browsers and apps go on. */
  passSeconds(seconds: number): Promise<void>;
}

/** `options` may need to know where text messages go. */
export function useServerWithMail(options: (around: { readonly mail: MailSink; readonly sms: SmsSink }) => ServerOptions = () => ({})): Posted {
  let running: { server: TestServer; readonly mail: MailSink; readonly sms: SmsSink } | null = null;
  let shift = 0;
  const here = (): NonNullable<typeof running> => {
    if (running === null) throw new Error("the server has not started");
    return running;
  };
  beforeAll(async () => {
    const around = { mail: await startMailSink(), sms: await startSmsSink() };
    const wished = options(around);
    running = { ...around, server: await startServer({ ...wished, env: { RUNG_SMTP_URL: around.mail.url, ...wished.env } }) };
  });
  afterAll(async () => {
    if (running === null) return;
    await running.server.dispose();
    await Promise.all([running.mail.close(), running.sms.close()]);
  });
  return {
    get server() {
      return here().server;
    },
    get mail() {
      return here().mail;
    },
    get sms() {
      return here().sms;
    },
    async passSeconds(seconds) {
      shift += seconds;
      here().server = await here().server.restart({ shiftSeconds: shift });
    },
  };
}
