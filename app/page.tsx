import { SignedInHome } from "@/components/home/signed-in";
import { SignedOutHome } from "@/components/home/signed-out";
import { Pending } from "@/components/login/pending";
import { Shell } from "@/components/shell/shell";
import { Unavailable } from "@/components/shell/unavailable";
import { currentPerson } from "@/lib/http/next/guard";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";
import { requestTime } from "@/app/request-time";

/** Who am I here? Four answers, and none of them is a redirect. */
export default async function Home() {
  const [person, locale] = await Promise.all([currentPerson(), pageLocale()]);
  const text = translator(locale);
  const frame = { text, person, here: "home", testId: "screen-home" } as const;
  switch (person.kind) {
    case "signed_in":
      return (
        <Shell {...frame} width="page" title={text.t("home.title")}>
          <SignedInHome person={person} now={await requestTime()} text={text} />
        </Shell>
      );
    case "second_factor_pending":
    case "enrolment_pending":
      return (
        <Shell {...frame} title={text.t("home.pendingTitle")}>
          <Pending person={person} text={text} />
        </Shell>
      );
    case "unavailable":
      return (
        <Shell {...frame} title={text.t("problem.unavailableTitle")}>
          <Unavailable text={text} />
        </Shell>
      );
    case "signed_out":
      return (
        <Shell {...frame} width="wide" title={text.t("common.appTagline")}>
          <SignedOutHome text={text} />
        </Shell>
      );
  }
}
