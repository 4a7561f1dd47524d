/** The bytes of an IP address: 4 or 16. An IPv4 address written as IPv6 (`::ffff:1.2.3.4`) is the IPv4 address. */
export type AddressBytes = readonly number[];

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** Pure. Null for everything that is not one plain address (no port, no brackets; a zone such as `%eth0` is dropped). */
export function parseAddress(text: string): AddressBytes | null {
  const [plain = ""] = text.trim().split("%");
  if (!plain.includes(":")) return parseV4(plain);
  const bytes = parseV6(plain);
  if (bytes === null) return null;
  return MAPPED.every((byte, index) => bytes[index] === byte) ? bytes.slice(12) : bytes;
}

/** Canonical text: dotted IPv4, or IPv6 as eight groups without leading zeros. */
export function printAddress(bytes: AddressBytes): string {
  if (bytes.length === 4) return bytes.join(".");
  return Array.from({ length: 8 }, (_, group) => groupAt(bytes, group).toString(16)).join(":");
}

export interface AddressRange {
  readonly bytes: AddressBytes;
  /** How many leading bits count. */
  readonly bits: number;
}

/** `10.0.0.0/8`, `fd00::/8`, or a single address. Null when it is neither. */
export function parseRange(text: string): AddressRange | null {
  const [address = "", bits, ...rest] = text.trim().split("/");
  const bytes = parseAddress(address);
  if (bytes === null || rest.length > 0) return null;
  const width = bytes.length * 8;
  if (bits === undefined) return { bytes, bits: width };
  if (!/^\d{1,3}$/.test(bits)) return null;
  // A range over mapped IPv6 addresses counts from the front of the long form.
  const counted = address.includes(":") && bytes.length === 4 ? Number(bits) - 96 : Number(bits);
  return counted >= 0 && counted <= width ? { bytes, bits: counted } : null;
}

export function inRange(address: AddressBytes, range: AddressRange): boolean {
  if (address.length !== range.bytes.length) return false;
  return address.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, range.bits - index * 8));
    return byte >> (8 - bits) === (range.bytes[index] ?? 0) >> (8 - bits);
  });
}

function parseV4(text: string): AddressBytes | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  const bytes = parts.map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  return bytes.every((byte) => byte < 256) ? bytes : null;
}

function parseV6(text: string): AddressBytes | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [front, back] = halves.map(parseGroups);
  if (front === undefined || front === null || back === null) return null;
  if (back === undefined) return front.length === 16 ? front : null;
  const gap = 16 - front.length - back.length;
  return gap >= 2 ? [...front, ...new Array<number>(gap).fill(0), ...back] : null;
}

function parseGroups(text: string): AddressBytes | null {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    if (group.includes(".")) {
      const tail = index === groups.length - 1 ? parseV4(group) : null;
      if (tail === null) return null;
      bytes.push(...tail);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

function groupAt(bytes: AddressBytes, group: number): number {
  return ((bytes[group * 2] ?? 0) << 8) | (bytes[group * 2 + 1] ?? 0);
}
