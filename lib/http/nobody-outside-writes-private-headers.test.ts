import { expect, test } from "vitest";
import { CLIENT_IP_HEADER, notedPath, noteRequest, ownPath, pathToNote, sealedClientIp, sealHeaders, wasForwarded } from "./private-headers";
import type { RawHeaders } from "./private-headers";

const request = { method: "GET", path: "/payment?a=1" };
const stranger = { address: "203.0.113.9", clientIp: "203.0.113.9", trusted: false };
const asHeaders = (raw: RawHeaders): Headers => new Headers(Object.entries(raw).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])) as [string, string][]);

test("what a stranger sends under a private name is dropped, and the process writes its own", () => {
  const raw: RawHeaders = {
    host: "LOCALHOST:4000", "x-rung-client-ip": "127.0.0.1", "x-rung-seal": "guess", "x-middleware-subrequest": "proxy:proxy", "x-invoke-path": "/x",
    "x-nonce": "n", "x-forwarded-for": "10.0.0.1", "x-forwarded-host": "evil.test", "x-forwarded-proto": "https", forwarded: "for=10.0.0.1",
    "x-real-ip": "10.0.0.1", "cf-connecting-ip": "10.0.0.1", "next-resume": "1", "x-matched-path": "/y", "next-action": "kept", cookie: "kept=1",
  };
  expect([wasForwarded(raw), wasForwarded({ host: "x", via: "1.1 p" }), wasForwarded({ host: "x", "cf-ray": "1" }), wasForwarded({ host: "x" })])
    .toEqual([true, true, true, false]);
  expect(sealHeaders(raw, stranger, request, "http")).toEqual({ host: "localhost:4000" });
  expect(Object.keys(raw).sort()).toEqual([
    "cookie", "host", "next-action", "x-forwarded-host", "x-forwarded-proto", CLIENT_IP_HEADER, "x-rung-own-path", "x-rung-path", "x-rung-seal",
  ].sort());
  expect([raw["x-forwarded-host"], raw["x-forwarded-proto"]]).toEqual(["localhost:4000", "http"]);
  expect(sealedClientIp(asHeaders(raw))).toBe("203.0.113.9");
  expect([notedPath(asHeaders(raw)), ownPath(asHeaders(raw))]).toEqual(["/payment?a=1", "/payment?a=1"]);
});

test("the request's own path counts only under this process's seal; the proxy seals where no server stands in front", () => {
  const claimed = { "x-rung-own-path": "/open", host: "localhost:4000", referer: "http://localhost:4000/orders" };
  expect(ownPath(new Headers(claimed))).toBeNull();
  expect(ownPath(new Headers({ ...claimed, "x-rung-seal": "guess" }))).toBeNull();
  const alone = new Headers({ ...claimed, [CLIENT_IP_HEADER]: "127.0.0.1" });
  noteRequest(alone, { method: "POST", path: "/payment" });
  expect([ownPath(alone), notedPath(alone), sealedClientIp(alone)]).toEqual(["/payment", "/orders", null]);
  const raw: RawHeaders = { host: "localhost:4000" };
  sealHeaders(raw, stranger, request, "http");
  const behind = asHeaders(raw);
  noteRequest(behind, { method: "GET", path: "/elsewhere" });
  expect([ownPath(behind), sealedClientIp(behind)]).toEqual(["/payment?a=1", "203.0.113.9"]);
});

test("a trusted proxy names the host and the scheme", () => {
  const raw: RawHeaders = { host: "10.0.0.2:4000", "x-forwarded-host": "a.example, id.example", "x-forwarded-proto": "https" };
  expect(sealHeaders(raw, { ...stranger, trusted: true }, request, "http").host).toBe("id.example");
  expect([raw["host"], raw["x-forwarded-proto"]]).toEqual(["id.example", "https"]);
});

test("an address without this process's seal is nobody's, whatever it says", () => {
  expect(sealedClientIp(new Headers({ [CLIENT_IP_HEADER]: "127.0.0.1", "x-rung-seal": "guess" }))).toBeNull();
  expect(sealedClientIp(new Headers({ [CLIENT_IP_HEADER]: "127.0.0.1" }))).toBeNull();
});

test("a posted form comes back to the page that holds it, never to another host", () => {
  const post = { method: "POST", path: "/orders/1/cancel", host: "localhost:4000" };
  expect(pathToNote({ ...post, referer: "http://localhost:4000/orders?x=1" })).toBe("/orders?x=1");
  expect(pathToNote({ ...post, referer: "http://evil.test/orders" })).toBe("/orders/1/cancel");
  expect(pathToNote({ ...post, referer: null })).toBe("/orders/1/cancel");
  expect(pathToNote({ method: "GET", path: "/p\u00e4th", host: "x", referer: "http://x/y" })).toBe("/p%C3%A4th");
});
