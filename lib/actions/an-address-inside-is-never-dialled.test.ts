import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classOf } from "./address-class";
import { guardedFetch, isGuardedFetchError } from "./guarded-fetch";
import type { GuardedInit, GuardedOptions } from "./guarded-fetch";
import { exceptionFor } from "./private-exceptions";

const STRICT: GuardedOptions = { allowPrivate: false, exceptions: [], timeoutMs: 500 };
const failureOf = async (url: string, options: Partial<GuardedOptions> = {}, init: GuardedInit = {}): Promise<string> => {
  try {
    return String((await guardedFetch(url, init, { ...STRICT, ...options })).status);
  } catch (error) {
    return isGuardedFetchError(error) ? error.failure : String(error);
  }
};
const answering = (...addresses: readonly string[]): LookupFunction => (_host, options, callback) => {
  const found = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  if (options.all === true) callback(null, found);
  else callback(null, found[0]?.address ?? "", found[0]?.family ?? 4);
};

const CORPUS = [
  "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0", "0.1.2.3",
  "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "100.100.100.200", "169.254.0.1", "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
  "168.63.129.16", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1",
  "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
  "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a9fe:a9fe]", "[::ffff:10.0.0.1]",
  "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a00:1]", "[64:ff9b:1::1]", "[100::1]", "[2001::1]", "[2001:0:7f00:1::]", "[2001:db8::1]",
  "[2002:7f00:1::]", "[2002:a00:1::1]", "[3fff::1]", "[5f00::1]", "[fc00::1]", "[fd00::1]", "[fd00:ec2::254]", "[fd20:ce::254]", "[fe80::1]", "[febf::1]",
  "[fec0::1]", "[ff02::1]", "[ff0e::1]", "①②⑦.⓪.⓪.①", "127.0.0.1.", "%31%32%37.0.0.1",
] as const;

describe("numeric addresses", () => {
  it("the corpus is a corpus", () => expect(new Set(CORPUS).size).toBeGreaterThanOrEqual(60));
  it.each(CORPUS)("http://%s/ is refused", async (host) => {
    expect(await failureOf(`http://${host}/`)).toBe("refused");
    expect(await failureOf(`https://${host}:8443/x?y`)).toBe("refused");
  });
  it.each(["8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "192.169.0.1", "100.63.0.1", "100.128.0.1", "11.0.0.1", "198.20.0.1", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])("%s is public", (address) => {
    expect(classOf(address)).toBe("public");
  });
  it.each(["not an address", "", "1.2.3", "1.2.3.4.5", "fe80::1%eth0", "::1%1"])("%j is none, or of this link", (address) => {
    expect(["never", "metadata", "local"]).toContain(classOf(address));
  });
});

describe("names are judged by what they resolve to, when they are dialled", () => {
  it.each([["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["::ffff:127.0.0.1"], ["fd00::1"], ["fe80::1%lo"], ["8.8.8.8", "127.0.0.1"], ["2606:4700::1111", "::1"], ["nonsense"], []])("%j", async (...addresses) => {
    expect(await failureOf("http://innocent.example/", { lookup: answering(...addresses) })).toBe("refused");
  });
  it("a name that answers otherwise the second time gains nothing: every dial asks and is judged", async () => {
    let asked = 0;
    const rebinding: LookupFunction = (host, options, callback) => {
      asked += 1;
      answering(asked === 1 ? "10.1.1.1" : "127.0.0.1")(host, options, callback);
    };
    expect(await failureOf("http://rebind.example/", { lookup: rebinding })).toBe("refused");
    expect(await failureOf("http://rebind.example/", { lookup: rebinding })).toBe("refused");
    expect(asked).toBe(2);
  });
  it("the names of this machine", async () => {
    expect([await failureOf("http://localhost/"), await failureOf("http://LOCALHOST/")]).toEqual(["refused", "refused"]);
    // Some systems know no name that ends in a dot.
    expect(await failureOf("http://localhost./")).toMatch(/^(refused|unreachable)$/);
  });
});

describe("over real connections", () => {
  const servers: Server[] = [];
  const seen: { url: string; method: string; headers: Record<string, unknown>; body: string }[] = [];
  const listen = async (handler: RequestListener): Promise<string> => {
    const server = createServer(handler);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  let home = "";
  let other = "";
  beforeAll(async () => {
    const record: RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        seen.push({ url: request.url ?? "", method: request.method ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
        const path = new URL(request.url ?? "/", "http://x").pathname;
        const to = new URL(request.url ?? "/", "http://x").searchParams.get("to") ?? "";
        if (/^\/30[12378]$/.test(path)) response.writeHead(Number(path.slice(1)), { location: to }).end();
        else if (path === "/loop") response.writeHead(302, { location: "/loop" }).end();
        else if (path === "/silent") return;
        else if (path === "/slow-body") response.writeHead(200).write("x");
        else if (path === "/big") response.writeHead(200, { "content-length": "5000" }).end("x".repeat(5_000));
        else if (path === "/endless") {
          const more = (): void => { if (response.writable && !response.destroyed) { response.write("x".repeat(1_000)); setImmediate(more); } };
          response.on("error", () => response.destroy());
          more();
        } else response.writeHead(200, { "x-a": "1" }).end("fine");
      });
    };
    home = await listen(record);
    other = await listen(record);
  });
  afterAll(() => { for (const server of servers) { server.closeAllConnections(); server.close(); } });
  const only = (): Partial<GuardedOptions> => ({ exceptions: [`${home}/**`] });

  it("an exception opens exactly what it names", async () => {
    expect(await failureOf(`${home}/x`)).toBe("refused");
    expect(await failureOf(`${home}/x`, only())).toBe("200");
    expect(await failureOf(`${other}/x`, only())).toBe("refused");
    expect(await failureOf(`${home}/hooks/a`, { exceptions: [`${home}/hooks/*`] })).toBe("200");
    expect(await failureOf(`${home}/hooks/a/b`, { exceptions: [`${home}/hooks/*`] })).toBe("refused");
    expect(await failureOf(`${home}/hooks/../x`, { exceptions: [`${home}/hooks/**`] })).toBe("refused");
  });
  it("the switch opens private ranges, and never the metadata addresses", async () => {
    expect(await failureOf(`${home}/x`, { allowPrivate: true })).toBe("200");
    for (const host of ["169.254.169.254", "[fd00:ec2::254]", "168.63.129.16", "[fe80::1]", "0.0.0.0", "224.0.0.1"]) {
      expect(await failureOf(`http://${host}/`, { allowPrivate: true })).toBe("refused");
    }
  });
  it.each(["http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://localhost/", "file:///etc/passwd", "ftp://x.example/", "gopher://x.example/", "http://a:b@8.8.8.8/"])("a redirect to %s is not followed", async (to) => {
    for (const status of [301, 302, 303, 307, 308]) expect(await failureOf(`${home}/${status}?to=${encodeURIComponent(to)}`, only())).toBe("refused");
  });
  it("five redirects are followed, a sixth is not", async () => {
    expect(await failureOf(`${home}/loop`, only())).toBe("redirects");
    const before = seen.length;
    await failureOf(`${home}/loop`, only());
    expect(seen.length - before).toBe(6);
    expect(await failureOf(`${home}/302?to=/x`, { ...only(), maxRedirects: 0 })).toBe("302");
  });
  it("a redirect keeps its method where it must, and no credential reaches somebody else", async () => {
    const both = { exceptions: [`${home}/**`, `${other}/**`] };
    const init = { method: "POST", body: "hello", headers: { "authorization": "Bearer x", "x-key": "k", "cookie": "a=b", "content-type": "text/plain" } };
    const last = async (status: number, to: string): Promise<(typeof seen)[number] | undefined> => {
      expect(await failureOf(`${home}/${status}?to=${encodeURIComponent(to)}`, both, init)).toBe("200");
      return seen.at(-1);
    };
    expect(await last(307, "/x")).toMatchObject({ method: "POST", body: "hello", headers: { "authorization": "Bearer x", "x-key": "k" } });
    expect(await last(302, "/x")).toMatchObject({ method: "GET", body: "" });
    const away = await last(308, `${other}/x`);
    expect(away).toMatchObject({ method: "POST", body: "hello", headers: { "content-type": "text/plain" } });
    for (const name of ["authorization", "x-key", "cookie"]) expect(away?.headers).not.toHaveProperty(name);
  });
  it("silence, a body without end, and a body that is too large end in time", async () => {
    expect(await failureOf(`${home}/silent`, { ...only(), timeoutMs: 60 })).toBe("timeout");
    expect(await failureOf(`${home}/slow-body`, { ...only(), timeoutMs: 60 })).toBe("timeout");
    expect(await failureOf(`${home}/big`, { ...only(), maxBytes: 4_999 })).toBe("too_large");
    expect(await failureOf(`${home}/endless`, { ...only(), maxBytes: 20_000 })).toBe("too_large");
    expect(await failureOf(`${home}/big`, { ...only(), maxBytes: 5_000 })).toBe("200");
  });
  it("a closed port is unreachable, and the error names no address", async () => {
    const error: unknown = await guardedFetch("http://127.0.0.1:1/", {}, { ...STRICT, allowPrivate: true }).catch((caught: unknown) => caught);
    expect(isGuardedFetchError(error) && error.failure).toBe("unreachable");
    expect(String(error)).not.toContain("127.0.0.1");
  });
});

describe("globs of exceptions", () => {
  it.each([
    ["http://10.0.0.5:8080/hooks/**", "http://10.0.0.5:8080/hooks/a/b", true], ["http://10.0.0.5/hooks", "http://10.0.0.5/hooks", true],
    ["http://10.0.0.5:80/hooks", "http://10.0.0.5/hooks", true], ["http://10.0.0.5", "http://10.0.0.5/", true], ["http://10.0.0.5", "http://10.0.0.5/x", false],
    ["http://*.internal/**", "http://a.internal/x", true], ["http://*.internal/**", "http://a.b.internal/x", false], ["http://**.internal/**", "http://a.b.internal/x", true],
    ["http://**.internal/**", "http://evil.example/.internal/x", false], ["http://10.0.0.?/x", "http://10.0.0.7/x", true], ["http://10.0.0.*/x", "http://10.0.0.77/x", true],
    ["https://10.0.0.5/x", "http://10.0.0.5/x", false], ["http://10a0b0c5/x", "http://10.0.0.5/x", false], ["10.0.0.5/**", "http://10.0.0.5/x", false],
    ["http://10.0.0.5/x", "http://10.0.0.5/x?query=1", true],
  ])("%s on %s: %s", (glob, url, matches) => {
    expect(exceptionFor(new URL(url), [glob])).toBe(matches);
  });
});
