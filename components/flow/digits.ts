/** First code points of the decimal digit rows that keyboards produce: Arabic-Indic, Persian, Devanagari, Bengali, Thai, full width. */
const ZEROS = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10] as const;

/** The digits of a typed or pasted text as 0-9; everything else is dropped. */
export function toDigits(text: string): string {
  let digits = "";
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    const zero = ZEROS.find((first) => point >= first && point <= first + 9);
    if (zero !== undefined) digits += String(point - zero);
  }
  return digits;
}
