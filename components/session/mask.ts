/** `ada@example.test` → `a•••@e•••.test`; a number keeps its last two digits. As the server masks, for an address that a node carries whole. */
export function maskAddress(address: string): string {
  // What is masked already stays as it came.
  if (/[•*]/.test(address)) return address;
  const at = address.lastIndexOf("@");
  if (at < 0) return /^\+?[\d\s-]{5,}$/.test(address) ? `•••${address.slice(-2)}` : `${first(address)}•••`;
  const host = address.slice(at + 1);
  const dot = host.lastIndexOf(".");
  return `${first(address)}•••@${dot > 0 ? `${first(host)}•••${host.slice(dot)}` : `${first(host)}•••`}`;
}

/** Where a code to this address arrives, as far as it shows. */
export function channelOf(address: string): "email" | "sms" | null {
  if (address.includes("@")) return "email";
  return /^\+?[\d\s•-]{4,}$/.test(address) ? "sms" : null;
}

function first(word: string): string {
  return [...word][0] ?? "";
}
