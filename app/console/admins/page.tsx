import { AddAdminForm, InviteForm } from "@/components/console/admins-form";
import { AdminsTable } from "@/components/console/admins-table";
import { ConsoleShell } from "@/components/console/console-shell";
import { Outcome, Panel, ReadOnlyNote } from "@/components/console/people-parts";
import { Heading } from "@/components/shell/heading";
import { askedOf } from "@/app/console/asked";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { actionToken } from "@/lib/http/next/action";
import { pageLocale } from "@/lib/http/next/locale";
import { adminsPage } from "@/lib/http/next/people-pages";
import { translator } from "@/lib/i18n/text";
import { consoleVisitor } from "../visitor";
import { add, inviteSomebody, remove, setRole } from "./actions";

const GOOD = ["added", "changed", "removed"] as const;
const BAD = ["unknown", "unconfirmed", "last_owner", "already"] as const;

/** Who administers: owners change things, support looks at them. */
export default async function AdminsPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const [query, token, { admins, me }] = await Promise.all([searchParams, actionToken(), adminsPage()]);
  const { t } = text;
  const owner = visitor.role === "owner";
  const done = askedOf(query)("done");
  const good = GOOD.find((one) => one === done);
  const bad = BAD.find((one) => one === done);
  const roles = { role: t("console.admins.role"), owner: t("console.admins.role.owner"), support: t("console.admins.role.support") };
  const busy = t("common.saving");
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console-admins" title={t("console.admins.title")}>
      <Heading lead={<p>{t("console.admins.intro")}</p>}>{t("console.admins.title")}</Heading>
      <Outcome words={good !== undefined ? t(`console.admins.done.${good}`) : bad !== undefined ? t(`console.admins.failed.${bad}`) : null} good={good !== undefined} />
      {!owner && <ReadOnlyNote text={text} />}
      <Panel id="admins" title={t("console.admins.list")}>
        <AdminsTable admins={admins} me={me} now={await requestTime()} text={text} change={owner ? { token, setRole, remove } : null} />
      </Panel>
      {owner && (
        <>
          <Panel id="add" title={t("console.admins.add")} intro={t("console.admins.addText")}>
            <AddAdminForm action={add} token={token} words={{ ...roles, busy, address: t("console.admins.address"), hint: t("console.admins.addressHint"), submit: t("console.admins.add") }} />
          </Panel>
          <Panel id="invite" title={t("console.admins.invite")} intro={t("console.admins.inviteText")}>
            <InviteForm action={inviteSomebody} token={token} words={{
              ...roles, busy, submit: t("console.admins.invite"), once: t("console.person.shownOnce"), copy: { copy: t("console.person.copyLink"), copied: t("common.copied"), failed: t("common.copyFailed") },
            }} />
          </Panel>
        </>
      )}
    </ConsoleShell>
  );
}
