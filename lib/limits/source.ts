import { parseAddress, printAddress } from "../model/address";

/** What counts as one source: an IPv4 address, or the /64 an IPv6 network hands to one customer. Null: nobody knows. */
export function sourceKey(ipAddress: string | null): string | null {
  const bytes = ipAddress === null ? null : parseAddress(ipAddress);
  if (bytes === null) return null;
  if (bytes.length === 4) return printAddress(bytes);
  return `${printAddress(bytes.map((byte, index) => (index < 8 ? byte : 0)))}/64`;
}
