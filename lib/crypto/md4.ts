/* MD4 (RFC 1320), which the platform's library has dropped. Only to verify what another system stored: nothing new is made with it. */

const BLOCK = 64;
const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

type Mix = (b: number, c: number, d: number) => number;
/** RFC 1320, 3.4: the function, the constant, the shifts and the order of words of each round. */
const ROUNDS: readonly { readonly mix: Mix; readonly add: number; readonly shifts: readonly number[]; readonly order: readonly number[] }[] = [
  { mix: (b, c, d) => (b & c) | (~b & d), add: 0, shifts: [3, 7, 11, 19], order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] },
  { mix: (b, c, d) => (b & c) | (b & d) | (c & d), add: 0x5a827999, shifts: [3, 5, 9, 13], order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15] },
  { mix: (b, c, d) => b ^ c ^ d, add: 0x6ed9eba1, shifts: [3, 9, 11, 15], order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15] },
];

export function md4(message: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / BLOCK) * BLOCK);
  padded.set(message);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8);
  let state: readonly [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.length; at += BLOCK) {
    let [a, b, c, d] = state;
    for (const { mix, add, shifts, order } of ROUNDS) {
      for (const [step, word] of order.entries()) {
        const mixed = (a + mix(b, c, d) + padded.readUInt32LE(at + word * 4) + add) | 0;
        [a, b, c, d] = [d, rotate(mixed, shifts[step % 4] ?? 0), b, c];
      }
    }
    state = [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0];
  }
  const digest = Buffer.alloc(16);
  for (const [index, value] of state.entries()) digest.writeInt32LE(value | 0, index * 4);
  return digest;
}

/** HMAC (RFC 2104) over MD4. */
export function hmacMd4(key: Uint8Array, message: Uint8Array): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.set(key.length > BLOCK ? md4(key) : key);
  const inner = md4(Buffer.concat([block.map((byte) => byte ^ 0x36), message]));
  return md4(Buffer.concat([block.map((byte) => byte ^ 0x5c), inner]));
}
