import { inRange, parseAddress, parseRange, printAddress } from "../model/address";
import type { AddressRange } from "../model/address";

/** More hops than any real chain; the rest of a longer header is not read. */
const MAX_HOPS = 32;

/** Whether `address` is one whose `X-Forwarded-*` headers are believed. */
export function isTrusted(address: string | null | undefined, trustedProxies: readonly AddressRange[]): boolean {
  const bytes = typeof address === "string" ? parseAddress(address) : null;
  return bytes !== null && trustedProxies.some((range) => inRange(bytes, range));
}

/** Ranges of `RUNG_TRUSTED_PROXIES`, parsed once; entries that are none were refused by `readEnv`. */
export function trustedRanges(entries: readonly string[]): readonly AddressRange[] {
  return entries.map(parseRange).filter((range) => range !== null);
}

/**
 * Who is really asking (security.md X4). The socket's address, unless the peer is a trusted proxy: then the right-most
 * hop of `X-Forwarded-For` that is not one. A hop that is no address ends the walk: the proxy that reported it counts.
 * Canonical text; null when the socket has no address.
 */
export function clientAddress(
  socketAddress: string | null | undefined, forwardedFor: string | null | undefined, trustedProxies: readonly AddressRange[],
): string | null {
  const peer = typeof socketAddress === "string" ? parseAddress(socketAddress) : null;
  if (peer === null) return null;
  let nearest = peer;
  if (!trustedProxies.some((range) => inRange(peer, range))) return printAddress(peer);
  const hops = (forwardedFor ?? "").split(",").slice(-MAX_HOPS).reverse();
  for (const hop of hops) {
    const bytes = parseAddress(withoutPort(hop.trim()));
    if (bytes === null) break;
    nearest = bytes;
    if (!trustedProxies.some((range) => inRange(bytes, range))) break;
  }
  return printAddress(nearest);
}

/** Some proxies write `1.2.3.4:5678` or `[::1]:5678`. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1];
  if (bracketed !== undefined) return bracketed;
  return /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop;
}
