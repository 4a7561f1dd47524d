import { BlockList, isIPv4, isIPv6 } from "node:net";

/**
 * What kind of place an address is. `local`: only this network knows it. `metadata`: the link itself, and where clouds hand out
 * credentials to whoever asks from inside. `never`: no single host is there.
 */
export type AddressClass = "public" | "local" | "metadata" | "never";

type Range = readonly [network: string, prefix: number];

/** IANA special-purpose registries (RFC 6890 and after), and the well-known metadata services. */
const NEVER_4: readonly Range[] = [["0.0.0.0", 8], ["224.0.0.0", 4], ["240.0.0.0", 4]];
const METADATA_4: readonly Range[] = [["169.254.0.0", 16], ["100.100.100.200", 32], ["168.63.129.16", 32], ["192.0.0.192", 32]];
const LOCAL_4: readonly Range[] = [
  ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["172.16.0.0", 12], ["192.0.0.0", 24], ["192.0.2.0", 24], ["192.31.196.0", 24],
  ["192.52.193.0", 24], ["192.88.99.0", 24], ["192.168.0.0", 16], ["192.175.48.0", 24], ["198.18.0.0", 15], ["198.51.100.0", 24],
  ["203.0.113.0", 24],
];
const NEVER_6: readonly Range[] = [["::", 128], ["ff00::", 8]];
const METADATA_6: readonly Range[] = [["fe80::", 10], ["fd00:ec2::254", 128], ["fd20:ce::254", 128]];
/** Of the global half of the space, what is not global after all: Teredo and its neighbours, documentation, 6to4, segment routing. */
const LOCAL_6: readonly Range[] = [["2001::", 23], ["2001:db8::", 32], ["2002::", 16], ["3fff::", 20], ["2620:4f:8000::", 48]];
const GLOBAL_6: readonly Range[] = [["2000::", 3]];

const never4 = list(NEVER_4, "ipv4");
const metadata4 = list(METADATA_4, "ipv4");
const local4 = list(LOCAL_4, "ipv4");
const never6 = list(NEVER_6, "ipv6");
const metadata6 = list(METADATA_6, "ipv6");
const local6 = list(LOCAL_6, "ipv6");
const global6 = list(GLOBAL_6, "ipv6");

/** The class of a numeric address, with or without a zone. An IPv4 address inside an IPv6 one counts as itself. */
export function classOf(address: string): AddressClass {
  const [plain = "", zone] = address.replace(/^\[|\]$/g, "").split("%", 2);
  if (isIPv4(plain)) return class4(plain);
  if (!isIPv6(plain)) return "never";
  const inner = embedded4(plain);
  if (inner !== null) return class4(inner);
  if (never6.check(plain, "ipv6")) return "never";
  if (zone !== undefined || metadata6.check(plain, "ipv6")) return "metadata";
  return global6.check(plain, "ipv6") && !local6.check(plain, "ipv6") ? "public" : "local";
}

function class4(address: string): AddressClass {
  if (never4.check(address, "ipv4")) return "never";
  if (metadata4.check(address, "ipv4")) return "metadata";
  return local4.check(address, "ipv4") ? "local" : "public";
}

/** The IPv4 address of `::ffff:a.b.c.d` (mapped), `::a.b.c.d` (compatible) and `64:ff9b::a.b.c.d` (NAT64); null for all others. */
function embedded4(address: string): string | null {
  // The parser of URLs writes every spelling of an address the same way.
  const groups = expand(new URL(`http://[${address}]`).hostname.slice(1, -1));
  const head = groups.slice(0, 6).join(":");
  const mapped = head === "0:0:0:0:0:ffff" || head === "64:ff9b:0:0:0:0";
  const compatible = head === "0:0:0:0:0:0" && groups[6] !== "0";
  if (!mapped && !compatible) return null;
  const bits = (Number.parseInt(groups[6] ?? "0", 16) * 65_536) + Number.parseInt(groups[7] ?? "0", 16);
  return [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join(".");
}

/** Eight groups of a canonical address without leading zeroes. */
function expand(address: string): readonly string[] {
  const [left = "", right] = address.split("::", 2);
  const head = left === "" ? [] : left.split(":");
  const tail = right === undefined || right === "" ? [] : right.split(":");
  return right === undefined ? head : [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => "0"), ...tail];
}

function list(ranges: readonly Range[], family: "ipv4" | "ipv6"): BlockList {
  const found = new BlockList();
  for (const [network, prefix] of ranges) found.addSubnet(network, prefix, family);
  return found;
}
