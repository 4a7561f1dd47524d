import { SetupForm } from "@/components/console/setup-form";
import { Heading } from "@/components/shell/heading";
import { Shell } from "@/components/shell/shell";
import { Card } from "@/components/ui/card";
import { PlainLink } from "@/components/ui/plain-link";
import { actionToken } from "@/lib/http/next/action";
import { setupLink } from "@/lib/http/next/console";
import type { SetupLinkState } from "@/lib/http/next/console";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";
import type { TextKey } from "@/lib/i18n/text";
import type { SearchParams } from "@/app/search-params";
import { firstOf } from "@/app/search-params";
import { acceptSetupForm } from "./actions";

/** Makes a link anew; shown as it is typed. */
const COMMAND = "npm run setup-link";

const WORDS: Readonly<Record<Exclude<SetupLinkState, "invalid">, Readonly<Record<"title" | "text" | "submit", TextKey>>>> = {
  first: { title: "console.setupTitle", text: "console.setupText", submit: "console.setupCreate" },
  owner: { title: "console.setupOwnerTitle", text: "console.setupOwnerText", submit: "console.setupJoin" },
  support: { title: "console.setupSupportTitle", text: "console.setupSupportText", submit: "console.setupJoin" },
};

/** The one-time link of an admin: of the first, or of somebody who was invited. */
export default async function SetupPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const [query, locale] = await Promise.all([searchParams, pageLocale()]);
  const text = translator(locale);
  const token = firstOf(query["token"]) ?? "";
  const state = token === "" ? "invalid" : await setupLink(token);
  if (state === "invalid") {
    return (
      <Shell text={text} testId="screen-console-setup-invalid" title={text.t("console.setupInvalidTitle")}>
        <Card>
          <Heading lead={<p>{text.t("console.setupInvalidText", { command: COMMAND })}</p>}>{text.t("console.setupInvalidTitle")}</Heading>
          <PlainLink href="/console" className="button button-secondary w-full">{text.t("console.signInTitle")}</PlainLink>
        </Card>
      </Shell>
    );
  }
  const words = WORDS[state];
  const title = text.t(words.title);
  return (
    <Shell text={text} testId="screen-console-setup" title={title}>
      <Card>
        <Heading lead={<p>{text.t(words.text)}</p>}>{title}</Heading>
        <SetupForm action={acceptSetupForm} actionToken={await actionToken()} token={token}
          words={{
            email: text.t("login.identifier"), password: text.t("login.password"), advice: text.t("registration.passwordAdvice"),
            submit: text.t(words.submit), busy: text.t("common.checking"), summary: text.t("common.errorSummary"),
            errorTitle: text.t("common.errorTitlePrefix", { title }),
            show: text.t("common.showPassword"), hide: text.t("common.hidePassword"), capsLock: text.t("common.capsLock"),
          }} />
      </Card>
    </Shell>
  );
}
