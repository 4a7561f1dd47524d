import { AddressBackCard, addressBackTitle } from "@/components/recovery/address-back-card";
import { Shell } from "@/components/shell/shell";
import { Unavailable } from "@/components/shell/unavailable";
import { actionToken } from "@/lib/http/next/action";
import { addressBackPage } from "@/lib/http/next/address-back";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";
import type { SearchParams } from "@/app/search-params";
import { firstOf } from "@/app/search-params";

/** The link in a letter to an old mailbox: what pressing would do, or why it does nothing any more. */
export default async function AddressBackPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const [query, locale] = await Promise.all([searchParams, pageLocale()]);
  const text = translator(locale);
  const token = firstOf(query["token"]) ?? "";
  const view = await addressBackPage(token, firstOf(query["done"]) === "1");
  if (view === null) return <Shell text={text} testId="screen-address-back" title={text.t("addressBack.title.open")}><Unavailable text={text} /></Shell>;
  return (
    <Shell text={text} testId={`screen-address-back-${view.state}`} title={addressBackTitle(view.state, text)}>
      <AddressBackCard view={view} token={token} csrfToken={await actionToken()} text={text} />
    </Shell>
  );
}
