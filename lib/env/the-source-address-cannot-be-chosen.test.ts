import fc from "fast-check";
import { isIP } from "node:net";
import { describe, expect, test } from "vitest";
import { inRange, parseAddress, parseRange, printAddress } from "../model/address";
import { clientAddress, isTrusted, trustedRanges } from "./addresses";

const none = trustedRanges([]);
const proxies = trustedRanges(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]);

describe("the source address", () => {
  test("is the socket's unless the peer is trusted", () => {
    expect(clientAddress("203.0.113.9", "1.2.3.4", proxies)).toBe("203.0.113.9");
    expect(clientAddress("127.0.0.1", "1.2.3.4", none)).toBe("127.0.0.1");
    expect(clientAddress("::ffff:203.0.113.9", null, none)).toBe("203.0.113.9");
    expect(clientAddress(undefined, "1.2.3.4", proxies)).toBeNull();
  });

  test.each([
    ["1.2.3.4", "1.2.3.4"],
    ["9.9.9.9, 1.2.3.4", "1.2.3.4"],
    ["9.9.9.9, 1.2.3.4, 10.1.1.1, 10.2.2.2", "1.2.3.4"],
    ["1.2.3.4:55555", "1.2.3.4"],
    ["[2001:db8::1]:443", "2001:db8:0:0:0:0:0:1"],
    ["2001:db8::1", "2001:db8:0:0:0:0:0:1"],
    ["1.2.3.4, nonsense, 10.1.1.1", "10.1.1.1"],
    ["nonsense", "127.0.0.1"],
    ["", "127.0.0.1"],
    ["10.1.1.1, 10.2.2.2", "10.1.1.1"],
  ])("behind a trusted proxy, %s means %s", (header, expected) => {
    expect(clientAddress("127.0.0.1", header, proxies)).toBe(expected);
    expect(clientAddress("::ffff:127.0.0.1", header, proxies)).toBe(expected);
  });

  test("whatever a client prepends changes nothing", () => {
    fc.assert(fc.property(fc.string(), (forged) => {
      expect(clientAddress("10.0.0.1", `${forged}, 203.0.113.7`, proxies)).toBe("203.0.113.7");
      expect(clientAddress("203.0.113.8", forged, proxies)).toBe("203.0.113.8");
    }));
  });

  test("agrees with Node about what an address is", () => {
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.stringMatching(/^[0-9a-f:.]{1,24}$/)), (text) => {
      fc.pre(!text.includes("%") && text === text.trim());
      const bytes = parseAddress(text);
      expect(bytes === null ? 0 : 1).toBe(isIP(text) === 0 ? 0 : 1);
      if (bytes !== null) expect(parseAddress(printAddress(bytes))).toEqual(bytes);
    }), { numRuns: 2_000 });
  });

  test("ranges count leading bits", () => {
    const range = parseRange("192.168.128.0/17") ?? { bytes: [], bits: 0 };
    expect(inRange([192, 168, 255, 1], range)).toBe(true);
    expect(inRange([192, 168, 127, 1], range)).toBe(false);
    expect(isTrusted("::ffff:10.9.9.9", proxies)).toBe(true);
    expect(isTrusted("fd12::1", proxies)).toBe(true);
    expect(isTrusted("fe80::1", proxies)).toBe(false);
    expect(isTrusted("1.1.1.1", trustedRanges(["0.0.0.0/0"]))).toBe(true);
    expect(isTrusted("1.1.1.1", trustedRanges(["::ffff:1.0.0.0/104"]))).toBe(true);
    for (const bad of ["10.0.0.0/", "10.0.0.0/8/8", "x/8", "::/129", "10.0.0.0/-1"]) expect(parseRange(bad)).toBeNull();
  });
});
