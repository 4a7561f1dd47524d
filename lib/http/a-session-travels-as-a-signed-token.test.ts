import { exportJWK, generateKeyPair, generateSecret, jwtVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader } from "jose";
import type { JSONWebKeySet } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProjectHandle } from "../db/handles";
import { DEFAULT_WORKSPACE_ID } from "../platform/first-boot";
import { createProject } from "../platform/projects";
import { reconfigure } from "../platform/testing";
import { answerHot } from "./hot";
import { createHealth } from "../observability/health";
import { registerIn, testEdge, text } from "./testing";
import type { Json, TestClient, TestEdge } from "./testing";

const EC = await generateKeyPair("ES256", { extractable: true });
const OTHER = await generateKeyPair("RS256", { extractable: true });
const packed = async (...keys: readonly unknown[]): Promise<string> => `base64://${Buffer.from(JSON.stringify({ keys })).toString("base64")}`;
const ISSUER = "http://localhost:4000";

let edge: TestEdge;
let ada: TestClient;
let handle: ProjectHandle;
beforeAll(async () => {
  edge = await testEdge();
  const own = { ...(await exportJWK(EC.privateKey)), kid: "mine", use: "sig" };
  await reconfigure(edge.services, { session: { whoami: { tokenizer: { templates: {
    managed: { jwks_url: "rung:managed", ttl: "5m", claims: { email: "identity.traits.email", since: "session.authenticated_at", none: "identity.metadata_public.plan", proto: "identity.constructor.name" } },
    own: { jwks_url: await packed(own, { ...(await exportJWK(OTHER.privateKey)), kid: "second" }) },
    external: { jwks_url: "rung:managed", subject_source: "external_id" },
    symmetric: { jwks_url: await packed({ ...(await exportJWK(await generateSecret("HS256", { extractable: true }))), alg: "HS256" }) },
    public: { jwks_url: await packed(await exportJWK(EC.publicKey)) },
    none: { jwks_url: await packed({ ...own, alg: "none" }) },
    mismatched: { jwks_url: await packed({ ...own, alg: "RS256" }) },
    encrypts: { jwks_url: await packed({ ...own, use: "enc" }) },
    file: { jwks_url: "file:///does/not/exist.json" },
  } } } } });
  ada = edge.client();
  expect((await registerIn(ada, "ada@token.test", "kettle violin 93 marsh")).status).toBe(200);
  const project = await edge.services.db.platform.findDefaultProject();
  if (project === null) throw new Error("no project");
  handle = edge.services.db.forProject(project.id);
});
afterAll(() => edge.close());

const whoami = (client: TestClient, template: string): ReturnType<TestClient["json"]> => client.json("GET", `/sessions/whoami?tokenize_as=${template}`);
async function tokenFor(client: TestClient, template: string): Promise<string> {
  const { status, body } = await whoami(client, template);
  expect([status, body["error"]]).toEqual([200, undefined]);
  return text(body["tokenized"]);
}
async function published(): Promise<JSONWebKeySet> {
  const answer = await edge.client().json("GET", "/.well-known/jwks.json");
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "public, max-age=60"]);
  return answer.body as unknown as JSONWebKeySet;
}

describe("a managed template", () => {
  test("signs what the contract and RFC 9470 ask for, and the published key verifies it", async () => {
    const { body } = await whoami(ada, "managed");
    const { payload, protectedHeader } = await jwtVerify(text(body["tokenized"]), createLocalJWKSet(await published()), {
      issuer: ISSUER, algorithms: ["ES256"], currentDate: edge.services.clock.now(), typ: "JWT",
    });
    const now = edge.services.clock.now().getTime() / 1_000;
    expect(protectedHeader).toEqual({ alg: "ES256", typ: "JWT", kid: expect.stringMatching(/^[\w-]{43}$/) });
    expect(payload).toEqual({
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/), iss: ISSUER, sub: body["identity"]?.["id"], sid: body["id"], iat: now, nbf: now, exp: now + 300,
      acr: "aal1", aal: "aal1", amr: ["pwd"], auth_time: now, email: "ada@token.test", since: body["authenticated_at"],
    });
    expect(decodeJwt(await tokenFor(ada, "managed")).jti).not.toBe(payload.jti);
  });

  test("publishes public halves only", async () => {
    for (const key of (await published()).keys) expect(Object.keys(key).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
  });

  test("the first use makes one key, however many ask at once", async () => {
    const row = await createProject({
      platform: edge.services.db.platform, hosts: edge.services.env, workspaceId: DEFAULT_WORKSPACE_ID, slug: "many", name: "Many",
      author: { kind: "cli", id: null, label: "test" }, now: edge.services.clock.now(),
    });
    await reconfigure(edge.services, { session: { whoami: { tokenizer: { templates: { t: { jwks_url: "rung:managed" } } } } } }, row);
    const project = await edge.services.resolver.bySlug("many");
    if (project === null) throw new Error("no project");
    const theirs = edge.services.db.forProject(row.id);
    const sets = await Promise.all(Array.from({ length: 8 }, () => edge.services.tokenizer.publicKeys(project, theirs, edge.services.clock.now())));
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1);
    expect(await theirs.listSigningKeys(edge.services.clock.now())).toHaveLength(1);
  });

  test("another project's keys verify nothing here", async () => {
    const project = await edge.services.resolver.bySlug("many");
    if (project === null) throw new Error("no project");
    const keys = await edge.services.tokenizer.publicKeys(project, edge.services.db.forProject(project.row.id), edge.services.clock.now());
    const check = jwtVerify(await tokenFor(ada, "managed"), createLocalJWKSet({ keys } as unknown as JSONWebKeySet), { currentDate: edge.services.clock.now() });
    await expect(check).rejects.toThrow(/no applicable key/);
  });

  test("a key at rest is sealed", async () => {
    const [key] = await handle.listSigningKeys(edge.services.clock.now());
    expect(key?.sealed).toMatch(/^v1\./);
    expect(JSON.stringify(key)).not.toContain('"d"');
  });
});

describe("rotation", () => {
  const project = async () => {
    const found = await edge.services.resolver.byHost("localhost:4000");
    if (found === null) throw new Error("no project");
    return found;
  };

  test("a successor is published before it signs, and the old key verifies until its tokens are gone", async () => {
    const { tokenizer, clock } = edge.services;
    const before = await tokenFor(ada, "managed");
    const kid = decodeProtectedHeader(before).kid;
    const next = await tokenizer.rotateSigningKey(await project(), handle, {}, clock.now());
    expect((await published()).keys.map((key) => key.kid)).toEqual([next, kid]);
    expect(decodeProtectedHeader(await tokenFor(ada, "managed")).kid).toBe(kid);
    edge.pass(121_000);
    const after = await tokenFor(ada, "managed");
    expect(decodeProtectedHeader(after).kid).toBe(next);
    for (const token of [before, after]) await jwtVerify(token, createLocalJWKSet(await published()), { currentDate: clock.now() });
    edge.pass(5 * 60_000 + 3_600_000);
    expect((await published()).keys.map((key) => key.kid)).toEqual([next]);
    await expect(jwtVerify(before, createLocalJWKSet(await published()), { currentDate: clock.now() })).rejects.toThrow();
  });

  test("a key that somebody else may have is gone at once", async () => {
    const { tokenizer, clock } = edge.services;
    const stolen = await tokenFor(ada, "managed");
    const next = await tokenizer.rotateSigningKey(await project(), handle, { compromised: true }, clock.now());
    expect((await published()).keys.map((key) => key.kid)).toEqual([next]);
    expect(decodeProtectedHeader(await tokenFor(ada, "managed")).kid).toBe(next);
    await expect(jwtVerify(stolen, createLocalJWKSet(await published()), { currentDate: clock.now() })).rejects.toThrow(/no applicable key/);
  });

  test("each new key is in the audit log", async () => {
    const created = await handle.listAudit({ limit: 50, action: "signing_key.created" });
    expect(created.length).toBeGreaterThanOrEqual(3);
    expect(created[0]?.details?.["kid"]).toBeTypeOf("string");
  });
});

describe("a key set of the project's own", () => {
  test("its first key signs, under its own name", async () => {
    const token = await tokenFor(ada, "own");
    const { protectedHeader } = await jwtVerify(token, EC.publicKey, { issuer: ISSUER, algorithms: ["ES256"], currentDate: edge.services.clock.now() });
    expect(protectedHeader.kid).toBe("mine");
    await expect(jwtVerify(token, OTHER.publicKey, { currentDate: edge.services.clock.now() })).rejects.toThrow();
  });

  test.each(["symmetric", "public", "none", "mismatched", "encrypts"])("%s: no token, and nothing of the key in the answer", async (template) => {
    const { status, body } = await whoami(ada, template);
    expect([status, body["tokenized"], body["error"]?.["code"]]).toEqual([500, undefined, 500]);
    expect(JSON.stringify(body)).not.toMatch(/"d"|"k"/);
  });

  test("a key file outside the operator's directory signs nothing: the server's fault, not a session without its token", async () => {
    expect((await whoami(ada, "file")).status).toBe(500);
  });
});

describe("who gets no token", () => {
  test("an unknown template, or an inherited name, is 400; an empty one asks for none", async () => {
    for (const name of ["nobody", "constructor", "__proto__"]) {
      const { status, body } = await whoami(ada, name);
      expect([status, body["error"]?.["message"]]).toEqual([400, "unknown template"]);
    }
    const { status, body } = await whoami(ada, "");
    expect([status, body["tokenized"]]).toEqual([200, undefined]);
  });

  test("a person without the external id that the template names", async () => {
    expect((await whoami(ada, "external")).status).toBe(400);
  });

  test("nobody, whatever they ask for", async () => {
    expect((await whoami(edge.client(), "managed")).status).toBe(401);
    expect((await whoami(edge.client(), "nobody")).status).toBe(401);
  });

  test("a session that is not sufficient, before the template is even looked at", async () => {
    await reconfigure(edge.services, { rung: { enrolment: { mode: "required" } } });
    for (const template of ["managed", "nobody"]) {
      const { status, body } = await whoami(ada, template);
      expect([status, body["error"]?.["id"], body["tokenized"]]).toEqual([403, "session_aal2_required", undefined]);
    }
    await reconfigure(edge.services, { rung: { enrolment: { mode: "optional" } } });
  });
});

test("both mounts answer alike", async () => {
  const cookie = [...ada.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const health = createHealth({ database: async () => ({ ok: true }) } as never);
  const hot = await answerHot("whoami", { url: "/sessions/whoami?x=1&tokenize_as=managed", method: "GET", headers: { cookie }, host: "localhost:4000", fromMachine: false }, { services: edge.services, health });
  expect(hot.status).toBe(200);
  const body = JSON.parse(hot.body) as Json;
  expect(decodeJwt(text(body["tokenized"]))["sid"]).toBe(body["id"]);
});

describe("Ory-Session-Cache-For", () => {
  const header = async (client: TestClient, query = ""): Promise<string | null> => (await client.json("GET", `/sessions/whoami${query}`)).headers.get("ory-session-cache-for");
  test("is off by default, capped when on, 60 for nobody, and never beside a token", async () => {
    expect(await header(ada)).toBeNull();
    await reconfigure(edge.services, { feature_flags: { cacheable_sessions: true, cacheable_sessions_max_age: "5m" } });
    expect(await header(ada)).toBe("300");
    // Without a session row that brings its revision, which configuration is whose may be a second old.
    edge.pass(1_001);
    expect(await header(edge.client())).toBe("60");
    expect(await header(ada, "?tokenize_as=managed")).toBeNull();
    const stale = edge.client();
    stale.cookies.set([...ada.cookies.keys()].find((name) => name.includes("session")) ?? "", "ory_st_unknown");
    expect(await header(stale)).toBeNull();
  });

  test("and a token never outlives its session", async () => {
    const session = (await whoami(ada, "managed")).body;
    const end = Date.parse(text(session["expires_at"]));
    edge.pass(end - edge.services.clock.now().getTime() - 30_000);
    expect(await header(ada)).toBe("30");
    expect(decodeJwt(await tokenFor(ada, "managed")).exp).toBe(Math.floor(end / 1_000));
  });
});
