import { describe, expect, test } from "vitest";
import { DomainError } from "../model/errors";
import { createLog, SECRET_FIELDS } from "./log";

function capture(write: (log: ReturnType<typeof createLog>) => void): string {
  let out = "";
  write(createLog({ level: "trace", destination: { write: (line: string) => { out += line; } } }));
  return out;
}

const CANARY = "canary-7f3a9";

describe("no secret reaches the log", () => {
  test.each([...SECRET_FIELDS])("under the name %s, in any case and depth", (name) => {
    const out = capture((log) => {
      log.info({ [name]: CANARY }, "flat");
      log.warn({ body: { [name.toUpperCase()]: CANARY } }, "nested");
      log.error({ list: [{ deep: { deeper: { [name]: { inside: CANARY } } } }] }, "deep");
      log.child({ requestId: "r", [name]: CANARY }).info({ headers: new Headers({ [name.replace(/[^A-Za-z-]/g, "-")]: "kept-out-of-this" }) }, "child");
    });
    expect(out).not.toContain(CANARY);
    expect(out).toContain("[redacted]");
    expect(out.trim().split("\n")).toHaveLength(4);
  });

  test.each([
    ["native token", "ory_st_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"],
    ["handover of a provider's dance", "rung_ho_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"],
    ["browser secret of a dance", "rung_ob_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"],
    ["code of a token exchange", "ory_ste_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"],
    ["return code of an exchange", "ory_rtc_AB-DEFGH_JKLM-OPQRS_UVWXYZ-bcdef_hij-lmn"],
    ["address of an exchange", "http://localhost:4000/sessions/token-exchange?init_code=abcdefghijklmnop&return_to_code=abcdefghijklmnop"],
    ["address of a handover", "http://localhost:4000/complete?flow=f&handover=abcdefghijklmnop"],
    ["sealed value", "v1.k1a2b3.AAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBBBBBBBB"],
    ["password hash", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo"],
    ["bcrypt hash", "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZabcde"],
    ["database password", "postgresql://rung:hunter2hunter2@db/rung"],
    ["bearer key", "Bearer abcdefghijklmnop"],
    ["set-up link", "http://console.localhost:4000/console/setup?token=abcdefghijklmnop"],
  ])("a %s, wherever it stands", (_, secret) => {
    const tail = secret.slice(-12);
    const out = capture((log) => {
      log.info(`opened ${secret} today`);
      log.info({ note: secret, list: [secret], url: secret.startsWith("http") ? new URL(secret) : null }, "value");
      log.error({ error: new Error(`failed with ${secret}`, { cause: new Error(secret) }) }, "failed");
      log.error(new DomainError("internal", { token: secret }));
    });
    expect(out.replaceAll("@db/rung", "")).not.toContain(tail);
    expect(out).not.toContain("hunter2");
  });

  test("one event is one line, whatever a person typed", () => {
    const out = capture((log) => log.info({ userAgent: 'x\n{"level":"fatal"}' }, "line one\nline two"));
    expect(out.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject({ level: "info", message: "line one\nline two" });
  });

  test("what is no secret stays readable", () => {
    const error = Object.assign(new TypeError("broken"), { code: "ECONNRESET" });
    const out = capture((log) => log.warn({ flow: "login", status: 403, at: new Date(0), error }, "refused"));
    expect(JSON.parse(out)).toMatchObject({
      level: "warn", flow: "login", status: 403, at: "1970-01-01T00:00:00.000Z", error: { name: "TypeError", message: "broken", errorCode: "ECONNRESET" },
    });
  });
});
