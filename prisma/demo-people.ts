import { createHash } from "node:crypto";

/*
 * The people of the demo projects. Everything here is public on purpose: `seed` refuses to write it anywhere but on a
 * machine of one's own.
 */

export interface DemoPerson {
  readonly email: string;
  readonly totp: boolean;
  readonly recoveryCodes: boolean;
}

export interface DemoProject {
  readonly slug: string;
  readonly name: string;
  readonly lax: boolean;
  readonly people: readonly DemoPerson[];
}

export const DEMO_PASSWORD = "one step after another";

export const DEMO_PROJECTS: readonly DemoProject[] = [
  {
    slug: "garden", name: "Garden", lax: true,
    people: [
      { email: "ada@garden.test", totp: false, recoveryCodes: false },
      { email: "linus@garden.test", totp: true, recoveryCodes: false },
    ],
  },
  {
    slug: "bank", name: "Bank", lax: false,
    people: [
      { email: "grace@bank.test", totp: true, recoveryCodes: true },
      { email: "edith@bank.test", totp: false, recoveryCodes: false },
    ],
  },
];

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TOTP_SECRET_BYTES = 20;
const RECOVERY_CODE_BYTES = 10;

/** 160 bits that only depend on the address: the same on every machine, so a phone keeps working after a new seed. */
export function demoTotpSecret(email: string): string {
  return letters(digestOf("totp", email).subarray(0, TOTP_SECRET_BYTES), BASE32);
}

export function demoRecoveryCodes(email: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    letters(digestOf(`recovery ${index}`, email).subarray(0, RECOVERY_CODE_BYTES), CROCKFORD).match(/.{4}/g)?.join("-") ?? "");
}

export function findDemoPerson(email: string): DemoPerson | null {
  return DEMO_PROJECTS.flatMap((project) => project.people).find((person) => person.email === email.trim().toLowerCase()) ?? null;
}

function digestOf(what: string, email: string): Buffer {
  return createHash("sha256").update(`rung demo ${what} of ${email}`, "utf8").digest();
}

/** Five bits a letter; the byte counts above leave no rest. */
function letters(bytes: Uint8Array, alphabet: string): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: bits.length / 5 }, (_, index) => alphabet.charAt(Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2))).join("");
}
