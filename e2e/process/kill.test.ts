import { expect, test } from "vitest";
import { Native, anyAddress } from "../kit/client";
import { anyEmail, anyPassword, enrolTotp, personWithTotp } from "../kit/fixtures";
import { startServer } from "../kit/server";
import type { TestServer } from "../kit/server";
import { codeOfStep, Authenticator } from "../kit/totp";
import { methodsOf } from "../kit/wire";
import type { SignedInJson } from "../kit/wire";

interface Acknowledged {
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

/** Registers people until the connection breaks; every answer that arrived is an acknowledgement. */
async function writer(server: TestServer, seen: Acknowledged[]): Promise<void> {
  try {
    for (;;) {
      const app = new Native(server, { address: anyAddress() });
      const [email, password] = [anyEmail(), anyPassword()];
      const flow = await app.start("registration");
      const answer = await app.submit(flow, { method: "password", traits: { email }, password });
      if (answer.status === 200) seen.push({ email, password, token: answer.json<SignedInJson>().session_token ?? "" });
    }
  } catch {
    // The process is gone.
  }
}

test("whoever was told that they are registered is, after kill -9 under writers, three times over", async () => {
  let server = await startServer();
  const seen: Acknowledged[] = [];
  try {
    for (let round = 1; round <= 3; round += 1) {
      const writers = Array.from({ length: 4 }, () => writer(server, seen));
      const wanted = seen.length + 5;
      while (seen.length < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
      server.kill("SIGKILL");
      await Promise.all(writers);
      server = await server.restart();
    }
    expect(seen.length).toBeGreaterThanOrEqual(15);
    for (const { token } of seen) expect((await new Native(server, { token }).whoami()).status).toBe(200);
    for (const { email, password } of seen.slice(-3)) {
      const app = new Native(server);
      expect((await app.submit(await app.start("login"), { method: "password", identifier: email, password })).status).toBe(200);
    }
  } finally {
    await server.dispose();
  }
});

test("a code that raised a session stays spent after kill -9, and the session keeps its level", async () => {
  let server = await startServer();
  try {
    const ada = await personWithTotp(server);
    const step = Math.floor(server.now() / 30_000);
    const spent = ada.authenticator.lastCode();
    server.kill("SIGKILL");
    server = await server.restart();
    const app = new Native(server, { token: ada.app.token });
    expect((await app.session()).authenticator_assurance_level).toBe("aal2");
    const answer = await app.submit(await app.start("login", "?refresh=true&aal=aal2"), { method: "totp", totp_code: spent });
    expect(answer.status).toBe(400);
    const fresh = await app.submit(await app.start("login", "?refresh=true&aal=aal2"), { method: "totp", totp_code: codeOfStep(ada.authenticator.secret, step + 1) });
    expect(fresh.status).toBe(200);
  } finally {
    await server.dispose();
  }
});

test("an enrolment cut off by kill -9 is there or not, never half", { timeout: 400_000 }, async () => {
  let server = await startServer();
  try {
    for (let round = 0; round < 3; round += 1) {
      const app = new Native(server);
      const [email, password] = [anyEmail(), anyPassword()];
      const registered = (await app.submit(await app.start("registration"), { method: "password", traits: { email }, password })).json<SignedInJson>();
      app.token = registered.session_token ?? null;
      const person = { email, password, identityId: registered.identity?.id ?? "", app, authenticator: null, recoveryCodes: [] };
      const enrolling = enrolTotp(server, person).catch(() => null);
      setTimeout(() => server.kill("SIGKILL"), 5 + round * 15);
      const enrolled = await enrolling;
      server = await server.restart();
      const after = new Native(server);
      const login = (await after.submit(await after.start("login"), { method: "password", identifier: email, password })).json<SignedInJson>();
      after.token = login.session_token ?? null;
      const asked = (await after.whoami()).status === 403;
      if (enrolled !== null) expect(asked).toBe(true);
      const offered = methodsOf(await after.start("login", "?aal=aal2"));
      expect(offered.includes("totp")).toBe(asked);
      if (enrolled !== null) {
        const authenticator = new Authenticator(enrolled.authenticator.secret, server.now);
        await authenticator.code();
        const answer = await after.submit(await after.start("login", "?aal=aal2"), { method: "totp", totp_code: await authenticator.code() });
        expect([200, 400]).toContain(answer.status);
      }
    }
  } finally {
    await server.dispose();
  }
});
