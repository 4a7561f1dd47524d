import { notFound } from "next/navigation";
import { Adoption } from "@/components/console/adoption";
import { ConsoleShell } from "@/components/console/console-shell";
import { EnforcementBanner } from "@/components/console/enforcement-banner";
import { History } from "@/components/console/history";
import { TwoFactorForm } from "@/components/console/two-factor-form";
import { rowOf } from "@/components/console/two-factor-view";
import { twoFactorWords } from "@/components/console/two-factor-words";
import { Heading } from "@/components/shell/heading";
import { Notice } from "@/components/ui/notice";
import { actionToken } from "@/lib/http/next/action";
import { twoFactorPage } from "@/lib/http/next/console";
import { translator } from "@/lib/i18n/text";
import { pageLocale } from "@/lib/http/next/locale";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { firstOf } from "@/app/search-params";
import { consoleVisitor } from "../../../visitor";
import { saveTwoFactorPage } from "./actions";

interface TwoFactorPageProps {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: SearchParams;
}

/** Strict and Lax for each area, the protected paths, and who changed what when. */
export default async function TwoFactorPage({ params, searchParams }: TwoFactorPageProps) {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const [{ slug }, query, token] = await Promise.all([params, searchParams, actionToken()]);
  const page = await twoFactorPage(slug);
  if (page === null) notFound();
  const now = await requestTime();
  const saved = Number(firstOf(query["saved"]));
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console-two-factor" title={text.t("console.twoFactor.title")}
      banner={<EnforcementBanner signIn={page.signIn} settings={page.settings} newest={page.history[0] ?? null} now={now} text={text} />}>
      <Heading lead={<p>{text.t("console.twoFactor.intro")}</p>}>{page.project.name}: {text.t("console.twoFactor.title")}</Heading>
      {saved === page.revision && <Notice tone="good" role="status"><p>{text.t("console.twoFactor.saved", { revision: saved })}</p></Notice>}
      <Adoption adoption={page.adoption} text={text} />
      <TwoFactorForm key={page.revision} action={saveTwoFactorPage} actionToken={token} slug={slug} revision={page.revision}
        inForce={{ signIn: page.signIn, settings: page.settings }} words={twoFactorWords(text)}
        choices={{ signIn: page.signIn, settings: page.settings, paths: page.protectedPaths.map(rowOf), comment: "" }} />
      <History revisions={page.history} now={now} text={text} />
    </ConsoleShell>
  );
}
