import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readEnv } from "../env";
import { isStartError } from "../model/errors";

function refusal(source: Record<string, string>): string {
  try {
    readEnv(source);
  } catch (error) {
    if (isStartError(error)) {
      expect(error.exitCode).toBe(23);
      return error.message;
    }
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(source)}`);
}

describe("the environment", () => {
  test("is complete when nothing is set", () => {
    const env = readEnv({});
    expect(env).toMatchObject({
      mode: "production", port: 4000, host: "127.0.0.1", databaseUrl: null, trustedProxies: [], logLevel: "info",
      passwordProfile: "production", privateAddresses: "allowed", webConcurrency: 1, seed: false,
    });
    expect(env.publicUrl.href).toBe("http://localhost:4000/");
    expect(env.consoleUrl.href).toBe("http://console.localhost:4000/");
    expect(env.dataDir).toMatch(/[\\/]\.rung[\\/]data$/);
    expect(env.keyFile).toMatch(/[\\/]\.rung[\\/]keys\.json$/);
  });

  test("follows the port and the public host", () => {
    expect(readEnv({ PORT: "5000" }).publicUrl.href).toBe("http://localhost:5000/");
    expect(readEnv({ RUNG_PUBLIC_URL: "https://id.bank.test" }).consoleUrl.href).toBe("https://console.id.bank.test/");
    expect(readEnv({ RUNG_PUBLIC_URL: "http://127.0.0.1:4000" }).consoleUrl.href).toBe("http://console.localhost:4000/");
    expect(readEnv({ RUNG_PUBLIC_URL: "http://[::1]:4000" }).consoleUrl.href).toBe("http://console.localhost:4000/");
    expect(readEnv({ RUNG_TRUSTED_PROXIES: "10.0.0.0/8, ::1 192.168.1.1" }).trustedProxies).toEqual(["10.0.0.0/8", "::1", "192.168.1.1"]);
    expect(readEnv({ NODE_ENV: "test" })).toMatchObject({ logLevel: "silent", passwordProfile: "floor" });
    expect(readEnv({ NODE_ENV: "production", RUNG_PASSWORD_PROFILE: "floor" }).passwordProfile).toBe("floor");
    expect(readEnv({ PORT: "  " }).port).toBe(4000);
    expect(readEnv({})).toMatchObject({ smtpUrl: null, mailFrom: null });
    expect(readEnv({ RUNG_SMTP_URL: "smtp://localhost:1025", RUNG_MAIL_FROM: "\"The Garden\" <hello@garden.test>" }))
      .toMatchObject({ smtpUrl: "smtp://localhost:1025", mailFrom: { address: "hello@garden.test", name: "The Garden" } });
    expect(readEnv({ RUNG_MAIL_FROM: "hello@garden.test" }).mailFrom).toEqual({ address: "hello@garden.test", name: null });
  });

  test.each([
    [{ PORT: "0" }, "PORT"], [{ PORT: "65536" }, "PORT"], [{ PORT: "4000x" }, "PORT"], [{ PORT: "-1" }, "PORT"],
    [{ HOST: "http://x" }, "HOST"], [{ HOST: "300.1.1.1" }, "HOST"], [{ HOST: "a b" }, "HOST"],
    [{ RUNG_PUBLIC_URL: "id.example.com" }, "RUNG_PUBLIC_URL"], [{ RUNG_PUBLIC_URL: "ftp://x" }, "RUNG_PUBLIC_URL"],
    [{ RUNG_PUBLIC_URL: "https://x/path" }, "RUNG_PUBLIC_URL"], [{ RUNG_PUBLIC_URL: "https://u:p@x" }, "RUNG_PUBLIC_URL"],
    [{ RUNG_PUBLIC_URL: "http://192.0.2.1" }, "RUNG_CONSOLE_URL"], [{ RUNG_CONSOLE_URL: "http://localhost:4000" }, "RUNG_CONSOLE_URL"],
    [{ DATABASE_URL: "mysql://root:hunter2@x/y" }, "DATABASE_URL"], [{ DATABASE_URL: "hunter2" }, "DATABASE_URL"],
    [{ RUNG_TRUSTED_PROXIES: "10.0.0.0/33" }, "RUNG_TRUSTED_PROXIES"], [{ RUNG_TRUSTED_PROXIES: "proxy.local" }, "RUNG_TRUSTED_PROXIES"],
    [{ RUNG_LOG_LEVEL: "loud" }, "RUNG_LOG_LEVEL"], [{ NODE_ENV: "staging" }, "NODE_ENV"], [{ RUNG_SEED: "yes" }, "RUNG_SEED"],
    [{ RUNG_PASSWORD_PROFILE: "fast" }, "RUNG_PASSWORD_PROFILE"], [{ WEB_CONCURRENCY: "0" }, "WEB_CONCURRENCY"], [{ RUNG_PRIVATE_ADDRESSES: "no" }, "RUNG_PRIVATE_ADDRESSES"],
    [{ PORT: "40\n00" }, "PORT"], [{ RUNG_SMTP_URL: "http://root:hunter2@mail.test" }, "RUNG_SMTP_URL"], [{ RUNG_SMTP_URL: "hunter2" }, "RUNG_SMTP_URL"],
    [{ RUNG_MAIL_FROM: "Garden" }, "RUNG_MAIL_FROM"], [{ RUNG_MAIL_FROM: "a@b, c@d" }, "RUNG_MAIL_FROM"],
  ])("%j is refused in one line that names %s and an example", (source, name) => {
    const line = refusal(source);
    expect(line.startsWith(name)).toBe(true);
    expect(line).toContain(`for example ${name}=`);
    expect(line).not.toContain("\n");
    expect(line).not.toContain("hunter2");
  });

  test("the example file holds every variable once, and works as it stands", () => {
    const lines = readFileSync(".env.example", "utf8").split("\n");
    const shown = lines.map((line) => /^#? ?([A-Z_]+)=(\S+)$/.exec(line)).filter((match) => match !== null);
    const all: Record<string, string> = {};
    for (const [, name = "", value = ""] of shown) {
      expect(all[name], name).toBeUndefined();
      all[name] = value;
    }
    expect(() => readEnv(all)).not.toThrow();
    expect(Object.keys(all).sort()).toEqual([
      "DATABASE_URL", "HOST", "NODE_ENV", "PORT", "RUNG_CONFIG_FILE", "RUNG_CONSOLE_URL", "RUNG_DATA_DIR", "RUNG_KEY_DIRECTORY", "RUNG_KEY_FILE", "RUNG_LOG_LEVEL", "RUNG_MAIL_FROM",
      "RUNG_PASSWORD_PROFILE", "RUNG_PRIVATE_ADDRESSES", "RUNG_PUBLIC_URL", "RUNG_SEED", "RUNG_SMTP_URL", "RUNG_TRUSTED_PROXIES", "WEB_CONCURRENCY",
    ]);
  });
});
