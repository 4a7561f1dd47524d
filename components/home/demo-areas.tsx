import type { IconName } from "@/components/ui/icon";
import { Icon } from "@/components/ui/icon";
import { PlainLink } from "@/components/ui/plain-link";
import type { TextKey, Translator } from "@/lib/i18n/text";

const AREAS = [
  { href: "/payment", icon: "card", title: "payment.title", words: "home.demoPaymentText" },
  { href: "/orders", icon: "box", title: "orders.title", words: "home.demoOrdersText" },
  { href: "/console", icon: "gauge", title: "common.console", words: "home.demoConsoleText" },
] as const satisfies readonly { href: string; icon: IconName; title: TextKey; words: TextKey }[];

/** Places that ask for more, each saying what. */
export function DemoAreas({ text }: { readonly text: Translator }) {
  return (
    <section aria-labelledby="try-it" className="space-y-3">
      <h2 id="try-it" className="text-lg font-bold">{text.t("home.demoTitle")}</h2>
      <ul className="grid gap-3 sm:grid-cols-3">
        {AREAS.map(({ href, icon, title, words }) => (
          <li key={href}>
            <PlainLink href={href} className="card group flex h-full flex-col gap-2 p-4 hover:border-accent">
              <span className="flex items-center gap-2">
                <Icon name={icon} className="size-6 text-accent" />
                <span className="font-semibold group-hover:underline">{text.t(title)}</span>
              </span>
              <span className="text-sm text-ink-2">{text.t(words)}</span>
            </PlainLink>
          </li>
        ))}
      </ul>
    </section>
  );
}
