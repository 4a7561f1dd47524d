import type { Translator } from "@/lib/i18n/text";
import { describeProblem } from "./known-problems";
import { Problem } from "./problem";

/** The answer is not "signed out": it is "we cannot tell right now". */
export function Unavailable({ text }: { readonly text: Translator }) {
  return <Problem facts={describeProblem({ id: null, status: 503, quote: [] }, text)} text={text} />;
}
