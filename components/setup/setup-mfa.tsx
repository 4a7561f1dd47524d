import type { IconName } from "@/components/ui/icon";
import { Icon } from "@/components/ui/icon";
import { Heading } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { PlainLink } from "@/components/ui/plain-link";
import { ActionButton } from "@/components/ui/submit-button";
import type { TextKey, Translator } from "@/lib/i18n/text";
import type { FactorId } from "@/lib/model/assurance";

/** What the server says about this person's second step (ux.md 2.14). */
export interface SetupView {
  readonly kind: "suggest" | "require-by" | "require-now";
  /** The recommendation first; never empty. */
  readonly methods: readonly FactorId[];
  readonly canSkip: boolean;
  readonly canRefuse: boolean;
  readonly againInDays: number | null;
  readonly dueAt: Date | null;
  readonly setUpAt: string;
  readonly continueAt: string;
}
interface SetupProps {
  readonly view: SetupView;
  readonly answer: (form: FormData) => Promise<void>;
  readonly actionToken: string;
  readonly text: Translator;
}

const LOOKS = {
  passkey: { icon: "passkey", use: "setupMfa.use.passkey" }, webauthn: { icon: "key", use: "setupMfa.use.webauthn" },
  totp: { icon: "app", use: "setupMfa.use.totp" }, code: { icon: "mail", use: "setupMfa.use.code" },
} as const satisfies Partial<Record<FactorId, { icon: IconName; use: TextKey }>>;
type Offered = keyof typeof LOOKS;

/** One recommendation, the others below, and an honest way past it where there is one. */
export function SetupMfa({ view, answer, actionToken, text }: SetupProps) {
  const [best, ...others] = view.methods.filter(isOffered);
  return (
    <Card>
      <Heading lead={<p>{text.t("setupMfa.intro")}</p>}>{text.t("setupMfa.title")}</Heading>
      {view.kind === "require-now" && <Notice tone="attention"><p>{text.t("setupMfa.wall")}</p></Notice>}
      {view.kind !== "require-now" && view.dueAt !== null && <Notice tone="attention"><p>{text.t("setupMfa.by", { date: view.dueAt })}</p></Notice>}
      {best !== undefined && (
        <section aria-labelledby="best-way" className="space-y-3 rounded-control border border-accent/40 bg-accent-soft p-4" data-testid="recommended">
          <p className="text-sm font-semibold text-accent">{text.t("common.recommended")}</p>
          <h2 id="best-way" className="flex items-center gap-2.5 text-lg font-semibold"><Icon name={LOOKS[best].icon} className="size-6 text-accent" />{text.t(`method.${best}`)}</h2>
          <p className="text-ink-2">{text.t(`method.hint.${best}`)}</p>
          <PlainLink href={setUp(view, best)} className="button button-primary w-full">{text.t(LOOKS[best].use)}</PlainLink>
        </section>
      )}
      {others.length > 0 && (
        <section aria-labelledby="other-ways" className="space-y-2">
          <h2 id="other-ways" className="font-semibold">{text.t("setupMfa.others")}</h2>
          <ul className="space-y-2">
            {others.map((method) => (
              <li key={method}>
                <PlainLink href={setUp(view, method)} className="flex min-h-14 items-center gap-3 rounded-control border border-line px-3.5 py-2 hover:border-accent hover:bg-sunken">
                  <Icon name={LOOKS[method].icon} className="size-6 text-accent" />
                  <span className="min-w-0 flex-1">
                    <span className="block font-semibold">{text.t(LOOKS[method].use)}</span>
                    <span className="block text-sm text-ink-2">{text.t(`method.hint.${method}`)}</span>
                  </span>
                  <Icon name="chevron" className="size-4 text-ink-3 rtl:rotate-180" />
                </PlainLink>
              </li>
            ))}
          </ul>
        </section>
      )}
      {(view.canSkip || view.canRefuse) && (
        <form action={answer} className="space-y-1 border-t border-line pt-4">
          <input type="hidden" name="csrf_token" value={actionToken} />
          <input type="hidden" name="return_to" value={view.continueAt} />
          {view.canSkip && (
            <>
              <ActionButton name="answer" value="skip" tone="secondary" busyText={text.t("common.saving")} className="w-full" describedBy="ask-again">{text.t("setupMfa.notNow")}</ActionButton>
              <p id="ask-again" className="py-1 text-center text-sm text-ink-2">{text.t(...again(view))}</p>
            </>
          )}
          {view.canRefuse && <ActionButton name="answer" value="never" tone="quiet" busyText={text.t("common.saving")} className="w-full">{text.t("setupMfa.never")}</ActionButton>}
        </form>
      )}
    </Card>
  );
}

function again(view: SetupView): [TextKey, Record<string, number>] {
  return view.againInDays === null ? ["setupMfa.once", {}] : ["setupMfa.again", { count: view.againInDays }];
}
function setUp(view: SetupView, method: Offered): string {
  return `${view.setUpAt}#${method}`;
}
function isOffered(method: FactorId): method is Offered {
  return Object.hasOwn(LOOKS, method);
}
