import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isBoundedDomain } from "./bounded-domain";
import { resolveReturnTo } from "./return-to";
import type { ReturnToRules } from "./return-to";

const RULES: ReturnToRules = {
  baseUrl: "https://id.shop.example",
  defaultUrl: "https://shop.example/welcome",
  allowed: [
    "https://shop.example/", "https://app.shop.example:8443/team/", "https://docs.shop.example/guide", "https://*.apps.shop.example/in",
    "https://*.com/", "https://*.co.uk/", "https://*.vercel.app/", "http://localhost:3000", "shopapp://signed-in/", "javascript://run/", "not a url",
  ],
};
const resolve = (candidate: string | null, rules = RULES): string | null => {
  const answer = resolveReturnTo(candidate, rules);
  return answer.ok ? answer.url : null;
};

describe("accepted, and where it leads", () => {
  it.each<[string | null, string]>([
    [null, "https://shop.example/welcome"],
    ["", "https://shop.example/welcome"],
    ["/orders", "https://shop.example/orders"],
    ["/orders/1?x=1&y=%2F#z", "https://shop.example/orders/1?x=1&y=%2F#z"],
    ["/a/../orders", "https://shop.example/orders"],
    ["/.//evil.example", "https://shop.example//evil.example"],
    ["/https://evil.example", "https://shop.example/https://evil.example"],
    ["https://shop.example", "https://shop.example/"],
    ["HTTPS://SHOP.EXAMPLE/x", "https://shop.example/x"],
    ["https://shop.example:443/x", "https://shop.example/x"],
    ["https://shop.example?next=https://evil.example", "https://shop.example/?next=https://evil.example"],
    ["https://shop.example#@evil.example", "https://shop.example/#@evil.example"],
    ["https://shop.example/%2f%2fevil.example", "https://shop.example/%2f%2fevil.example"],
    ["https://app.shop.example:8443/team", "https://app.shop.example:8443/team"],
    ["https://app.shop.example:8443/team/7", "https://app.shop.example:8443/team/7"],
    ["https://docs.shop.example/guide", "https://docs.shop.example/guide"],
    ["https://docs.shop.example/guide/", "https://docs.shop.example/guide/"],
    ["https://docs.shop.example/x/../guide/one", "https://docs.shop.example/guide/one"],
    ["https://a.apps.shop.example/in", "https://a.apps.shop.example/in"],
    ["https://a.b.apps.shop.example/in/x", "https://a.b.apps.shop.example/in/x"],
    ["http://localhost:3000/back", "http://localhost:3000/back"],
    ["shopapp://signed-in/now", "shopapp://signed-in/now"],
    ["https://id.shop.example/self-service/settings/browser?return_to=%2Forders", "https://id.shop.example/self-service/settings/browser?return_to=%2Forders"],
    ["https://id.shop.example/self-service/login/browser", "https://id.shop.example/self-service/login/browser"],
  ])("%s", (candidate, url) => {
    expect(resolve(candidate)).toBe(url);
  });
});

describe("refused", () => {
  it.each([
    // other hosts, and hosts that look alike
    "https://evil.example/", "https://evil.example/https://shop.example/", "https://shop.example.evil.example/", "https://evilshop.example/",
    "https://shop.exampl", "https://shop.example./", "https://www.shop.example/", "https://shop.example%2eevil.example/", "https://xn--shp-hoa.example/",
    "https://shop。evil.example/", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/",
    // other schemes and ports
    "http://shop.example/", "https://shop.example:444/", "ftp://shop.example/", "ws://shop.example/", "http://localhost:3001/", "https://localhost:3000/",
    "shopapp://other/", "shopapp:/signed-in/", "shopapp:signed-in", "shopapp:///signed-in/",
    // schemes that run something
    "javascript:alert(1)", "JAVASCRIPT:alert(1)", "javascript://run/%0aalert(1)", "java\nscript:alert(1)", "data:text/html,x", "data://text/html,x",
    "vbscript:x", "file:///etc/passwd", "blob:https://shop.example/1", "about:blank", "view-source:https://shop.example/",
    // relative forms that browsers complete with another host
    "//evil.example", "///evil.example", "////evil.example", "//shop.example/", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\t/evil.example",
    "/\n/evil.example", "https:evil.example", "https:/evil.example", "https:///evil.example", "https:\\\\evil.example", "http:shop.example",
    // user names, control characters, blanks
    "https://shop.example@evil.example/", "https://shop.example:x@evil.example/", "https://@shop.example/", "https://user@shop.example/",
    "https://user:pass@shop.example/", "https://shop.example\\@evil.example/", "https://shop.example\\.evil.example/", " https://shop.example/",
    "https://shop.example/ ", "https://shop.example/a b", "https://shop.example/\u0000", "https://shop.example/\r\nSet-Cookie: a=b", "\u00a0/orders",
    "\ufeff/orders", "https://shop.example/\u2028", "https://shop\u00adx.example/",
    // neither a path nor a URL
    "orders", "evil.example", "?x=1", "#x", ".", "../orders", "https://", "://shop.example", "https:", "*", "https://*.apps.shop.example/in",
    // below a listed path, not beside it
    "https://docs.shop.example/", "https://docs.shop.example/guides", "https://docs.shop.example/guide/../admin", "https://docs.shop.example/guide/%2e%2e/admin",
    "https://docs.shop.example/guide/..%2fadmin", "https://docs.shop.example/guide%5c..%5cadmin", "https://docs.shop.example/GUIDE",
    "https://app.shop.example:8443/teams", "https://app.shop.example:8443/", "https://app.shop.example/team/",
    // wildcards stand for labels of one owner
    "https://apps.shop.example/in", "https://.apps.shop.example/in", "https://evilapps.shop.example/in", "https://a.apps.shop.example/out",
    "https://a.apps.shop.example:444/in", "https://a.com/", "https://a.co.uk/", "https://mine.vercel.app/", "https://a.apps.shop.example.evil.example/in",
    // the project's own host is not allowed by itself, only its flows are
    "https://id.shop.example/", "https://id.shop.example/console", "https://id.shop.example/self-service-evil", "https://id.shop.example/self-service/../console",
    `https://shop.example/${"x".repeat(9000)}`,
  ])("%j", (candidate) => {
    expect(resolve(candidate)).toBeNull();
  });
});

it("a base URL with a path keeps its flows below that path", () => {
  const rules = { ...RULES, baseUrl: "https://id.shop.example/auth/" };
  expect(resolve("https://id.shop.example/auth/self-service/login/browser", rules)).not.toBeNull();
  expect(resolve("https://id.shop.example/self-service/login/browser", rules)).toBeNull();
});

it("without an allow list only the default itself is a way back", () => {
  const rules = { ...RULES, allowed: [] };
  expect(resolve("https://shop.example/welcome", rules)).toBe("https://shop.example/welcome");
  expect(resolve("/welcome", rules)).toBe("https://shop.example/welcome");
  expect(resolve("/orders", rules)).toBeNull();
});

it("never throws, and never leads to a host that nobody listed", () => {
  const hosts = new Set(["shop.example", "app.shop.example", "docs.shop.example", "id.shop.example", "localhost", "signed-in"]);
  const piece = fc.constantFrom("https:", "http:", "javascript:", "//", "/", "\\", "@", "shop.example", "evil.example", ".", "..", "%2f", "%00", "?", "#", ":", "443", "*", "\t", "[", "]", "self-service");
  fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.array(piece, { maxLength: 10 }).map((parts) => parts.join(""))), (candidate) => {
    const url = resolve(candidate);
    if (url === null) return;
    const { hostname, protocol } = new URL(url);
    expect(hosts.has(hostname) || hostname.endsWith(".apps.shop.example")).toBe(true);
    expect(["https:", "http:", "shopapp:"]).toContain(protocol);
    expect(resolve(url)).toBe(url);
  }), { numRuns: 20_000 });
});

describe("a wildcard stays with one owner", () => {
  it.each(["shop.example", "a.shop.example", "shop.co.uk", "team.vercel.app", "co.example"])("*.%s is bounded", (domain) => {
    expect(isBoundedDomain(domain)).toBe(true);
  });
  it.each(["", "com", "localhost", "co.uk", "com.au", "vercel.app", "github.io", "127.0.0.1", "0.1", "a..example", ".example", "shop.example.", "*.example", "-a.example"])(
    "*.%s is not", (domain) => {
      expect(isBoundedDomain(domain)).toBe(false);
    });
});
