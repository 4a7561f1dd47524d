import { describe, expect, test } from "vitest";
import { Native } from "../kit/client";
import { browserAfterPassword, nativeAfterPassword, personWithTotp, registerPerson } from "../kit/fixtures";
import { useServer } from "../kit/use-server";
import type { ErrorJson, SessionJson } from "../kit/wire";

const at = useServer();

describe("the session list", () => {
  test("has the person's other sessions, newest first, each with identity and devices", async () => {
    const ada = await registerPerson(at.server);
    const second = await nativeAfterPassword(at.server, ada);
    const third = await browserAfterPassword(at.server, ada);
    const answer = await ada.app.fetch("/sessions");
    expect(answer.status).toBe(200);
    const list = answer.json<SessionJson[]>();
    expect(list.map((session) => session.id)).toEqual([(await third.session()).id, second.answer.session.id]);
    expect(list[0]).toMatchObject({ active: true, identity: { id: ada.identityId } });
    expect(list[0]?.devices[0]).toMatchObject({ ip_address: third.address, user_agent: "Rung wire tests" });
    expect(answer.headers["x-total-count"]).toBe("2");
    expect(answer.text).not.toMatch(/ory_st_|ory_lo_|token/);
  });

  test("comes in pages", async () => {
    const ada = await registerPerson(at.server);
    for (let i = 0; i < 3; i += 1) await nativeAfterPassword(at.server, ada);
    const answer = await ada.app.fetch("/sessions?per_page=2&page=0");
    expect(answer.json<SessionJson[]>()).toHaveLength(2);
    expect(answer.headers["x-total-count"]).toBe("3");
    expect(answer.headers["link"]).toContain('rel="next"');
    expect((await ada.app.fetch("/sessions?per_page=2&page=1")).json<SessionJson[]>()).toHaveLength(1);
  });

  test("asks for the second factor under Strict, 401 without an id for nobody", async () => {
    const ada = await personWithTotp(at.server);
    const { app } = await nativeAfterPassword(at.server, ada);
    const answer = await app.fetch("/sessions");
    expect(answer.status).toBe(403);
    expect(answer.json<ErrorJson>().error.id).toBe("session_aal2_required");
    const nobody = await new Native(at.server).fetch("/sessions");
    expect(nobody.status).toBe(401);
    expect(nobody.json<ErrorJson>().error).not.toHaveProperty("id");
  });
});

describe("revoking", () => {
  test("one other session works at once; again, unknown and foreign ids are 204 and do nothing", async () => {
    const [ada, eve] = [await registerPerson(at.server), await registerPerson(at.server)];
    const { app, answer } = await nativeAfterPassword(at.server, ada);
    expect((await ada.app.fetch(`/sessions/${answer.session.id}`, "DELETE")).status).toBe(204);
    expect((await app.whoami()).status).toBe(401);
    expect((await ada.app.fetch(`/sessions/${answer.session.id}`, "DELETE")).status).toBe(204);
    expect((await ada.app.fetch("/sessions/6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f", "DELETE")).status).toBe(204);
    const theirs = await eve.app.session();
    expect((await ada.app.fetch(`/sessions/${theirs.id}`, "DELETE")).status).toBe(204);
    expect((await eve.app.whoami()).status).toBe(200);
  });

  test("one's own session and what is no id are 400", async () => {
    const ada = await registerPerson(at.server);
    const own = await ada.app.session();
    expect((await ada.app.fetch(`/sessions/${own.id}`, "DELETE")).status).toBe(400);
    expect((await ada.app.fetch("/sessions/not-a-uuid", "DELETE")).status).toBe(400);
    expect((await ada.app.whoami()).status).toBe(200);
  });

  test("all others counts them, keeps this one, and needs no second factor", async () => {
    const ada = await personWithTotp(at.server);
    const { app } = await nativeAfterPassword(at.server, ada);
    const answer = await app.fetch("/sessions", "DELETE");
    expect(answer.status).toBe(200);
    expect(answer.json<{ count: number }>().count).toBe(1);
    expect((await ada.app.whoami()).status).toBe(401);
    expect((await app.whoami()).status).toBe(403);
    expect((await new Native(at.server).fetch("/sessions", "DELETE")).status).toBe(401);
  });
});
