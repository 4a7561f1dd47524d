import type { AddressInfo, Socket } from "node:net";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";

export interface ReceivedMail {
  /** With its angle brackets. */
  readonly messageId: string;
  readonly from: string;
  /** Envelope recipients. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: string;
}

/** What the server does with a message: takes it, says no with a code, or takes it and breaks the connection before saying so. */
export type Mood = { readonly kind: "take" } | { readonly kind: "refuse"; readonly status: number } | { readonly kind: "cut" };

export interface MailSink {
  /** `smtp://127.0.0.1:port`; stays the same over `die` and `revive`. */
  readonly url: string;
  /** Everything that was taken, oldest first. */
  readonly mails: readonly ReceivedMail[];
  mood(mood: Mood): void;
  /** How long it thinks before it answers a message. */
  slow(ms: number): void;
  /** Stops listening and breaks every connection. */
  die(): Promise<void>;
  revive(): Promise<void>;
  /** The next mail to this address that is not among those `after`; throws after `timeoutMs`. */
  next(to: string, options?: { readonly after?: number; readonly timeoutMs?: number }): Promise<ReceivedMail>;
  close(): Promise<void>;
}

/** A real SMTP server on this machine. Needs no log-in and takes any. */
export async function startMailSink(): Promise<MailSink> {
  const mails: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  let mood: Mood = { kind: "take" };
  let delayMs = 0;
  let port = 0;

  const make = (): SMTPServer => {
    const made = new SMTPServer({
      authOptional: true, disabledCommands: ["STARTTLS"], disableReverseLookup: true, logger: false, closeTimeout: 100,
      onAuth: (auth, _session, done) => done(null, { user: auth.username ?? "somebody" }),
      onData(stream, session, done) {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          const now = mood;
          setTimeout(() => {
            if (now.kind === "refuse") return done(Object.assign(new Error("not today"), { responseCode: now.status }));
            const rcpt = session.envelope.rcptTo.map(({ address }) => address);
            void receive(Buffer.concat(chunks), rcpt).then((mail) => {
              mails.push(mail);
              if (now.kind === "cut") sockets.forEach((socket) => socket.destroy());
              else done();
            });
          }, delayMs);
        });
      },
    });
    made.on("error", () => undefined);
    made.server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    return made;
  };
  const listen = (made: SMTPServer): Promise<void> => new Promise((resolve, reject) => {
    made.server.once("error", reject);
    made.listen(port, "127.0.0.1", () => {
      port = (made.server.address() as AddressInfo).port;
      resolve();
    });
  });
  let server: SMTPServer | null = make();
  await listen(server);

  const die = async (): Promise<void> => {
    const dying = server;
    server = null;
    if (dying === null) return;
    const closed = new Promise<void>((resolve) => dying.close(() => resolve()));
    sockets.forEach((socket) => socket.destroy());
    await closed;
  };
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    mood(next) {
      mood = next;
    },
    slow(ms) {
      delayMs = ms;
    },
    die,
    async revive() {
      if (server !== null) return;
      server = make();
      await listen(server);
    },
    async next(to, { after = 0, timeoutMs = 60_000 } = {}) {
      const until = performance.now() + timeoutMs;
      for (;;) {
        const found = mails.slice(after).find((mail) => mail.to.includes(to));
        if (found !== undefined) return found;
        if (performance.now() > until) throw new Error(`no mail to ${to} came within ${timeoutMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close: die,
  };
}

async function receive(raw: Buffer, to: readonly string[]): Promise<ReceivedMail> {
  const parsed = await PostalMime.parse(raw);
  return {
    messageId: parsed.messageId ?? "", from: parsed.from?.address ?? "", to, subject: parsed.subject ?? "", text: parsed.text ?? "", html: parsed.html ?? "",
    headers: Object.fromEntries(parsed.headers.map(({ key, value }) => [key.toLowerCase(), value])), raw: raw.toString("utf8"),
  };
}
