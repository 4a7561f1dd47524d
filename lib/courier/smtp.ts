import type { LookupFunction } from "node:net";
import { createTransport } from "nodemailer";
import { isGuardedFetchError } from "../actions/guarded-fetch";
import type { Delivery } from "./delivery";
import { publicSocket } from "./public-socket";

export interface SmtpServer {
  /** `smtp://` or `smtps://`, with user and password where needed. */
  readonly connectionUri: string;
  readonly localName: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Only at a public address: the installation forbids its projects every other (RUNG_PRIVATE_ADDRESSES). */
  readonly publicOnly?: true;
}
export interface Mail {
  /** Same outbox message, same id: whoever gets it twice can tell. */
  readonly messageId: string;
  readonly from: { readonly address: string; readonly name: string };
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}
export interface SmtpSender {
  /** Never throws. */
  send(server: SmtpServer, mail: Mail): Promise<Delivery>;
  /** Ends every connection; what is on its way fails. */
  close(): void;
}

/** Each step of the conversation; a server that takes longer does not answer. */
const STEP_MS = 10_000;
/** The whole of it, well under the lease of a message: after that the connection is cut, so that it cannot be sent beside us. */
const WHOLE_MS = 35_000;
const MAX_SERVERS = 50;
const CONNECTIONS = 5;

/** The library reads an envelope as a list: what could be several is nobody's address. */
const ONE_ADDRESS = /^[^\s\p{Cc}@,;:<>()[\]"\\]{1,64}@[^\s\p{Cc}@,;:<>()"\\]{1,255}$/u;
/** Steps of the conversation that are about this message; a no to any other is about us. */
const ABOUT_THE_MESSAGE = /^(MAIL FROM|RCPT TO|DATA)$/;

type Transport = ReturnType<typeof transportFor>;

/** `lookup`: how names become addresses; tests hand in their own. */
export function createSmtpSender(timeouts: { readonly stepMs: number; readonly wholeMs: number } = { stepMs: STEP_MS, wholeMs: WHOLE_MS }, lookup?: LookupFunction): SmtpSender {
  const transports = new Map<string, Transport>();

  const transportOf = (server: SmtpServer): Transport => {
    const key = keyOf(server);
    const known = transports.get(key);
    if (known !== undefined) return known;
    const [oldest] = transports.keys();
    if (transports.size >= MAX_SERVERS && oldest !== undefined) drop(oldest);
    const made = transportFor(server, timeouts.stepMs, lookup);
    // An idle connection that breaks is nobody's failure; the next message opens another.
    made.on("error", () => undefined);
    transports.set(key, made);
    return made;
  };
  const drop = (key: string): void => {
    transports.get(key)?.close();
    transports.delete(key);
  };

  return {
    async send(server, mail) {
      if (!ONE_ADDRESS.test(mail.to)) return { kind: "refused", reason: "it is not for one mail address" };
      let timer: NodeJS.Timeout | undefined;
      try {
        const transport = transportOf(server);
        const late = new Promise<Delivery>((resolve) => {
          timer = setTimeout(() => {
            drop(keyOf(server));
            resolve({ kind: "unavailable", reason: "the mail server took too long", down: true });
          }, timeouts.wholeMs);
        });
        return await Promise.race([handOver(transport, server, mail), late]);
      } catch (error) {
        return failure(error);
      } finally {
        clearTimeout(timer);
      }
    },
    close() {
      for (const key of [...transports.keys()]) drop(key);
    },
  };
}

function keyOf({ connectionUri, localName, publicOnly }: SmtpServer): string {
  return [connectionUri, localName ?? "", publicOnly === true ? "public" : "any"].join("\n");
}

async function handOver(transport: Transport, { headers }: SmtpServer, mail: Mail): Promise<Delivery> {
  try {
    await transport.sendMail({
      messageId: mail.messageId, from: mail.from, to: { name: "", address: mail.to }, envelope: { from: mail.from.address, to: [mail.to] },
      subject: mail.subject, text: mail.text, html: mail.html,
      headers: { ...headers, "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
      disableFileAccess: true, disableUrlAccess: true,
    });
    return { kind: "sent" };
  } catch (error) {
    return failure(error);
  }
}

/** STARTTLS is required but on this machine itself, or where the address says `disable_starttls=true` (contract/admin.md 8.5). */
function transportFor({ connectionUri, localName, publicOnly }: SmtpServer, stepMs: number, lookup: LookupFunction | undefined) {
  const url = new URL(connectionUri);
  const secure = url.protocol === "smtps:";
  const says = (name: string): boolean => url.searchParams.get(name) === "true";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const plain = says("disable_starttls") || /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
  const port = url.port === "" ? (secure ? 465 : 587) : Number(url.port);
  const options = {
    pool: true as const, maxConnections: CONNECTIONS,
    // A message whose connection broke comes back to us and is claimed again: the pool repeats nothing on its own.
    maxRequeues: 0,
    host, port, secure, requireTLS: !secure && !plain,
    ...(plain && says("disable_starttls") ? { ignoreTLS: true } : {}),
    ...(url.username === "" ? {} : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    ...(localName === null ? {} : { name: localName }),
    ...(publicOnly === true ? { getSocket: publicSocket({ host, port, stepMs, lookup }) } : {}),
    tls: { minVersion: "TLSv1.2" as const, ...(says("skip_ssl_verify") ? { rejectUnauthorized: false } : {}) },
    connectionTimeout: stepMs, greetingTimeout: stepMs, socketTimeout: stepMs, dnsTimeout: stepMs,
    logger: false, disableFileAccess: true, disableUrlAccess: true,
  };
  return createTransport(options);
}

/**
 * A 5xx to the message itself is a no (RFC 5321, 4.2.1). A 4xx, a refused greeting, TLS or log-in, and everything without an answer
 * is trouble between the two servers, and no reason to lose mail.
 */
function failure(error: unknown): Delivery {
  if (isGuardedFetchError(error)) return { kind: "unavailable", reason: "the mail server is not at a public address", down: true };
  const { code, command, responseCode, response } = facts(error);
  const enhanced = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(response)?.[0];
  const reason = ["the mail server", responseCode === null ? `failed with ${code}` : `answered ${String(responseCode)}`, ...(enhanced === undefined ? [] : [`(${enhanced})`])].join(" ");
  if (code === "EAUTH" || code === "ENOAUTH") return { kind: "unavailable", reason: "the mail server refused our log-in", down: true };
  const aboutIt = ABOUT_THE_MESSAGE.test(command);
  if (aboutIt && responseCode !== null && responseCode >= 500) return { kind: "refused", reason };
  if (responseCode === null && (code === "EENVELOPE" || code === "EMESSAGE")) return { kind: "refused", reason };
  return { kind: "unavailable", reason, down: !aboutIt || responseCode === null || responseCode === 421 };
}

function facts(error: unknown): { readonly code: string; readonly command: string; readonly responseCode: number | null; readonly response: string } {
  if (typeof error !== "object" || error === null) return { code: "an error", command: "", responseCode: null, response: "" };
  const command: unknown = Reflect.get(error, "command");
  const code: unknown = Reflect.get(error, "code");
  const responseCode: unknown = Reflect.get(error, "responseCode");
  const response: unknown = Reflect.get(error, "response");
  return {
    code: typeof code === "string" && /^[A-Z_]{2,30}$/.test(code) ? code : "an error",
    command: typeof command === "string" ? command : "",
    responseCode: typeof responseCode === "number" ? responseCode : null,
    response: typeof response === "string" ? response : "",
  };
}
