import { PlainLink } from "@/components/ui/plain-link";
import type { TextKey, Translator } from "@/lib/i18n/text";

export type NavPlace = "home" | "payment" | "orders" | "settings";
const PLACES = [
  { place: "home", href: "/", key: "common.home" },
  { place: "payment", href: "/payment", key: "payment.title" },
  { place: "orders", href: "/orders", key: "orders.title" },
  { place: "settings", href: "/settings", key: "common.settings" },
] as const satisfies readonly { place: NavPlace; href: string; key: TextKey }[];

export function SiteNav({ text, here }: { readonly text: Translator; readonly here?: NavPlace }) {
  return (
    <nav aria-label={text.t("common.navigation")} className="order-last -mx-1 w-full sm:order-none sm:mx-0 sm:w-auto">
      <ul className="flex flex-wrap gap-x-1">
        {PLACES.map(({ place, href, key }) => (
          <li key={place}>
            <PlainLink href={href} aria-current={place === here ? "page" : undefined}
              className="inline-flex min-h-11 items-center rounded-control px-1 text-sm sm:px-2.5 font-medium text-ink-2 hover:bg-sunken hover:text-ink aria-[current=page]:font-semibold aria-[current=page]:text-accent aria-[current=page]:underline aria-[current=page]:decoration-2 aria-[current=page]:underline-offset-8">
              {text.t(key)}
            </PlainLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
