import type { FlowView } from "@/components/flow/flow-view";
import type { IconName } from "@/components/ui/icon";
import { Icon } from "@/components/ui/icon";
import { LastUsedBadge } from "@/components/ui/last-used";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import type { FactorId } from "@/lib/model/assurance";
import type { SecondMethod } from "./methods";
import { helpHref, methodHref, secondMethods } from "./methods";

const ICONS = { passkey: "passkey", webauthn: "key", totp: "app", code: "mail", lookup_secret: "list" } as const satisfies Record<SecondMethod, IconName>;

interface WaysProps {
  readonly flow: FlowView;
  /** The method that last worked in this browser. */
  readonly last: FactorId | null;
  readonly text: Translator;
}

/** "Try another way": the other methods as plain links, and always the honest last item. */
export function AnotherWay({ flow, current, last, text }: WaysProps & { readonly current: SecondMethod }) {
  const others = secondMethods(flow, last).filter((method) => method !== current);
  if (others.length === 0) {
    return <p className="border-t border-line pt-3"><PlainLink href={helpHref(flow)} className="button button-quiet -ms-4">{text.t("common.cantUseAny")}</PlainLink></p>;
  }
  return (
    <details className="group border-t border-line pt-3" data-testid="another-way">
      <summary className="button button-quiet -ms-4">
        {text.t("common.tryAnotherWay")}
        <Icon name="chevron" className="size-4 rotate-90 group-open:-rotate-90 motion-safe:transition-transform" />
      </summary>
      <MethodList flow={flow} methods={others} last={last} text={text} />
    </details>
  );
}

function MethodList({ flow, methods, last, text }: WaysProps & { readonly methods: readonly SecondMethod[] }) {
  return (
    <ul className="mt-2 space-y-2">
      {methods.map((method) => (
        <li key={method}>
          <PlainLink href={methodHref(flow, method)} className="flex min-h-14 items-center gap-3 rounded-control border border-line px-3.5 py-2 hover:border-accent hover:bg-sunken">
            <Icon name={ICONS[method]} className="size-6 text-accent" />
            <span className="min-w-0 flex-1">
              <span className="flex flex-wrap items-center gap-x-2 gap-y-1 pb-0.5">
                <span className="font-semibold">{text.t(`method.${method}`)}</span>
                {method === last && <LastUsedBadge words={text.t("common.lastUsed")} />}
              </span>
              <span className="block text-sm text-ink-2">{text.t(`method.hint.${method}`)}</span>
            </span>
            <Icon name="chevron" className="size-4 text-ink-3 rtl:rotate-180" />
          </PlainLink>
        </li>
      ))}
      <li>
        <PlainLink href={helpHref(flow)} className="flex min-h-12 items-center gap-3 rounded-control border border-line px-3.5 py-2 hover:border-accent hover:bg-sunken">
          <Icon name="help" className="size-6 text-ink-3" />
          <span className="flex-1 font-medium">{text.t("common.cantUseAny")}</span>
        </PlainLink>
      </li>
    </ul>
  );
}
