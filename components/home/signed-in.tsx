import { Ladder } from "@/components/brand/ladder";
import { AalBadge } from "@/components/session/aal-badge";
import type { PersonView } from "@/components/session/person";
import { Heading } from "@/components/shell/heading";
import { Notice } from "@/components/ui/notice";
import { PlainLink } from "@/components/ui/plain-link";
import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import { DemoAreas } from "./demo-areas";

type SignedIn = Extract<PersonView, { kind: "signed_in" }>;

/** "Who am I": level, methods with their age, how long this lasts. */
export function SignedInHome({ person, now, text }: { readonly person: SignedIn; readonly now: Date; readonly text: Translator }) {
  const { session, identity } = person;
  const confirmed = session.aal === "aal2";
  return (
    <div className="space-y-6">
      <Heading lead={<AalBadge session={session} now={now} text={text} />}>{text.t("home.welcome", { name: identity.displayName })}</Heading>
      <section aria-labelledby="who-am-i" className="card overflow-hidden">
        <div className="flex items-center gap-5 border-b border-line p-5 sm:p-7">
          <Ladder level={session.aal} className="h-20 w-16 shrink-0" />
          <div>
            <h2 id="who-am-i" className="text-sm font-semibold text-ink-2">{text.t("home.whoAmI")}</h2>
            <p className="text-xl font-bold" data-testid="level" data-aal={session.aal}>{text.t(`level.${session.aal}`)}</p>
            <p className="text-sm text-ink-3">{text.t("level.rungs", { count: confirmed ? 2 : 1 })}</p>
          </div>
        </div>
        <dl className="grid sm:grid-cols-2">
          <Fact label={text.t("home.identifier")}><bdi dir="ltr">{identity.maskedAddress}</bdi></Fact>
          <Fact label={text.t("home.methods")}>
            <ul data-testid="methods">
              {session.methods.map((method) => (
                <li key={`${method.method} ${method.completedAt.getTime()}`}>
                  {text.t(`method.${method.method}`)}, <When at={method.completedAt} now={now} text={text} />
                </li>
              ))}
            </ul>
          </Fact>
          <Fact label={text.t("home.signedInSince")}><When at={session.authenticatedAt} now={now} text={text} /></Fact>
          <Fact label={text.t("home.sessionEnds")}><When at={session.expiresAt} now={now} text={text} /></Fact>
        </dl>
      </section>
      {confirmed ? <Notice tone="good"><p>{text.t("home.secondFactorOn")}</p></Notice> : <OneRung text={text} />}
      <DemoAreas text={text} />
    </div>
  );
}

/** Only the first rung is lit. Whether the account could do better is the settings' business; this is where they are. */
function OneRung({ text }: { readonly text: Translator }) {
  return (
    <Notice tone="info">
      <p>{text.t("home.oneRung")}</p>
      <PlainLink href="/settings" className="link inline-flex min-h-11 items-center font-semibold">{text.t("home.openSettings")}</PlainLink>
    </Notice>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <div className="border-b border-line px-5 py-4 last:border-b-0 sm:px-7 sm:nth-last-[2]:border-b-0">
      <dt className="text-sm text-ink-3">{label}</dt>
      <dd className="font-medium">{children}</dd>
    </div>
  );
}
