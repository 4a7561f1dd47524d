import { describeProblem } from "@/components/shell/known-problems";
import { Problem } from "@/components/shell/problem";
import { Shell } from "@/components/shell/shell";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";

export default async function NotFound() {
  const text = translator(await pageLocale());
  const facts = describeProblem({ id: null, status: 404, quote: [] }, text);
  return (
    <Shell text={text} testId="screen-not-found" title={facts.title}>
      <Problem facts={facts} text={text} />
    </Shell>
  );
}
