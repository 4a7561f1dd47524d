import { describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import { send } from "../kit/http";
import { useServer } from "../kit/use-server";
import type { ErrorJson } from "../kit/wire";

const at = useServer();
interface StoredError {
  readonly id: string;
  readonly error: ErrorJson["error"];
  readonly created_at: string;
  readonly updated_at: string;
}

describe("a stored error", () => {
  test("is kept for the page that shows it, without another envelope inside", async () => {
    const browser = new Browser(at.server);
    const answer = await browser.visit("/self-service/login/browser?aal=aal2");
    expect(answer.status).toBe(303);
    const page = new URL(answer.location);
    const id = page.searchParams.get("id") ?? "";
    const stored = await browser.fetch(`/self-service/errors?id=${id}`);
    expect(stored.status).toBe(200);
    const body = stored.json<StoredError>();
    expect(body).toMatchObject({ id, error: { id: "session_aal1_required", code: 401, status: "Unauthorized" } });
    expect(body.error).not.toHaveProperty("error");
    expect(body.created_at).toMatch(/Z$/);
    expect((await browser.fetch(`/self-service/errors?error=${id}`)).json<StoredError>().id).toBe(id);
    const shown = await browser.visit(`${page.pathname}${page.search}`);
    expect(shown.text).toMatch(/<h1/);
    expect(shown.text).not.toMatch(/node_modules|at async/);
  });

  test("that is unknown is 404, on the page an explanation", async () => {
    const browser = new Browser(at.server);
    for (const id of ["6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f", "nonsense"]) {
      expect((await browser.fetch(`/self-service/errors?id=${id}`)).status).toBe(404);
      const shown = await browser.visit(`/error?id=${id}`);
      expect(shown.status).toBeLessThan(500);
      expect(shown.text).toMatch(/<h1/);
    }
  });

  test("as a sample is built in", async () => {
    const answer = await new Browser(at.server).fetch("/self-service/errors?id=stub:500");
    expect(answer.status).toBe(200);
    expect(answer.json<StoredError>().error.code).toBe(500);
  });
});

test("a request id that the client brought is repeated in the envelope, or replaced when it is odd", async () => {
  const ask = async (id: string): Promise<string | undefined> =>
    (await send(at.server.url("/sessions/whoami"), { headers: { accept: "application/json", "x-request-id": id } })).json<ErrorJson>().error.request;
  expect(await ask("0c1d2e3f-0000-4000-8000-000000000001")).toBe("0c1d2e3f-0000-4000-8000-000000000001");
  expect(await ask("x".repeat(3_000))).not.toBe("x".repeat(3_000));
});

test("an envelope has the contract's fields and nothing that belongs to the inside", async () => {
  const answer = await new Native(at.server).fetch("/self-service/settings/api");
  const body = answer.json<ErrorJson>();
  expect(Object.keys(body)).toEqual(["error"]);
  expect(body.error).toMatchObject({ id: "session_inactive", code: 401, status: "Unauthorized", message: expect.any(String) as string });
  expect(answer.headers["ory-error-id"]).toBe("session_inactive");
});
