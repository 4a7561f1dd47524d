import { describeProblem } from "@/components/shell/known-problems";
import { Problem } from "@/components/shell/problem";
import { Shell } from "@/components/shell/shell";
import { pageLocale } from "@/lib/http/next/locale";
import { readError } from "@/lib/http/next/page-flow";
import { translator } from "@/lib/i18n/text";
import type { SearchParams } from "@/app/search-params";

/** Where the wire sends a browser that it cannot send on: the stored error, in words. */
export default async function ErrorPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const [error, locale] = await Promise.all([readError(searchParams), pageLocale()]);
  const text = translator(locale);
  const facts = describeProblem({
    id: error?.errorId ?? null, status: error?.code ?? 404,
    quote: [{ key: "problem.id", value: error?.id ?? null }, { key: "problem.request", value: error?.requestId ?? null }],
  }, text);
  return (
    <Shell text={text} testId="screen-error" title={facts.title}>
      <Problem facts={facts} text={text} />
    </Shell>
  );
}
