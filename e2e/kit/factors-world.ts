import { randomBytes, randomInt } from "node:crypto";
import { authenticator } from "./authenticator";
import type { Authenticator as KeyStore } from "./authenticator";
import { UPSTREAM, projectsFor, slugOf } from "./factors-config";
import type { Needs } from "./factors-config";
import { startIdentityProvider } from "./identity-provider";
import type { IdentityProvider } from "./identity-provider";
import { startMailSink } from "./mail-sink";
import type { MailSink } from "./mail-sink";
import { freePort, startServer } from "./server";
import type { TestServer } from "./server";
import { startSmsSink } from "./sms-sink";
import type { SmsSink } from "./sms-sink";
import type { Authenticator } from "./totp";

/** A server with the projects of the matrix, and everything around it: mail, text messages, an identity provider. */
export class World {
  readonly mail: MailSink;
  readonly sms: SmsSink;
  readonly provider: IdentityProvider;
  server: TestServer;
  #shift = 0;
  /** The provider signs in one person at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(parts: { readonly mail: MailSink; readonly sms: SmsSink; readonly provider: IdentityProvider; readonly server: TestServer }) {
    this.mail = parts.mail;
    this.sms = parts.sms;
    this.provider = parts.provider;
    this.server = parts.server;
  }

  static async begin(needs: readonly Required<Needs>[]): Promise<World> {
    const port = await freePort();
    const [mail, sms] = [await startMailSink(), await startSmsSink()];
    const slugs = [...new Set(needs.map(slugOf))];
    const provider = await startIdentityProvider({ redirectUris: slugs.map((slug) => `http://${slug}.localhost:${String(port)}/api/auth/callback/${UPSTREAM}`) });
    const projects = projectsFor(needs, { smsUrl: sms.url, provider });
    try {
      const server = await startServer({ port, projects, env: { RUNG_SMTP_URL: mail.url } });
      return new World({ mail, sms, provider, server });
    } catch (error) {
      await Promise.all([mail.close(), sms.close(), provider.close()]);
      throw error;
    }
  }

  /** The server's clock moves on: the pause between two letters to one address is over (lane L5). */
  async passSeconds(seconds: number): Promise<void> {
    this.#shift += seconds;
    this.server = await this.server.restart({ shiftSeconds: this.#shift });
  }

  /** Nobody else is at the provider meanwhile, and this is who they are there. */
  upstream<T>(person: Somebody, dance: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(() => {
      this.provider.account = { sub: person.subject, email: person.email, email_verified: true };
      return dance();
    });
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async end(): Promise<void> {
    await this.server.dispose();
    await Promise.all([this.mail.close(), this.sms.close(), this.provider.close()]);
  }
}

/** One person of the matrix, with what they carry. */
export interface Somebody {
  readonly email: string;
  readonly password: string;
  readonly phone: string;
  readonly backup: string;
  /** Who they are at the identity provider. */
  readonly subject: string;
  /** What they sign in with, and what they step up with: two devices. */
  readonly firstKey: KeyStore;
  readonly secondKey: KeyStore;
  app: Authenticator | null;
  codes: readonly string[];
}

/** `origin`: where the person's browser is. Their devices ask who holds them. */
export function somebody(origin: string): Somebody {
  const name = `ada.${randomBytes(6).toString("hex")}`;
  return {
    email: `${name}@example.test`, backup: `${name}.spare@example.test`, phone: anyPhone(), password: `four quiet ladders ${randomBytes(6).toString("hex")}`,
    subject: `upstream-${name}`, app: null, codes: [],
    firstKey: authenticator({ origin }), secondKey: authenticator({ origin }),
  };
}

/** A German mobile number of nobody in particular; only the sink is ever written to. */
export function anyPhone(): string {
  return `+4915${String(randomInt(10_000_000, 99_999_999))}0`;
}
