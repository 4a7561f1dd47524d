import { ConfirmRemoval } from "@/components/settings/confirm-removal";
import { ActionButton } from "@/components/ui/submit-button";
import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import type { AdminLine } from "@/lib/model/console-people";
import { Status } from "./people-list";
import type { ConsoleAction } from "./people-parts";
import { ActButton, ActForm } from "./people-parts";
import { Cell, DataRow, DataTable, HeadCell } from "./people-table";

interface AdminsTableProps {
  readonly admins: readonly AdminLine[];
  readonly me: string;
  /** Null for whoever may only look. */
  readonly change: { readonly token: string; readonly setRole: ConsoleAction; readonly remove: ConsoleAction } | null;
  readonly now: Date;
  readonly text: Translator;
}

/** Who administers this installation, and as what. */
export function AdminsTable({ admins, me, change, now, text }: AdminsTableProps) {
  const { t } = text;
  const columns = {
    person: t("console.people.person"), role: t("console.admins.role"), since: t("console.admins.since"), status: t("console.people.status"),
    ...(change === null ? {} : { act: t("console.list.actions") }),
  };
  return (
    <DataTable caption={t("console.admins.caption")} columns={Object.values(columns)} testId="admins-table">
      {admins.map((admin) => (
        <DataRow key={admin.id} testId="admin-row">
          <HeadCell label={columns.person}>
            <span className="font-semibold"><bdi>{admin.name ?? admin.address ?? admin.id}</bdi></span>
            {admin.id === me && <span className="ms-2 rounded-full border border-accent/40 bg-accent-soft px-2 py-0.5 text-xs font-semibold text-accent">{t("console.admins.you")}</span>}
            {admin.name !== null && admin.address !== null && <span className="block text-ink-2"><bdi dir="ltr">{admin.address}</bdi></span>}
          </HeadCell>
          <Cell label={columns.role}>{t(`console.admins.role.${admin.role}`)}</Cell>
          <Cell label={columns.since}><When at={admin.since} now={now} text={text} /></Cell>
          <Cell label={columns.status}><Status state={admin.state} text={text} /></Cell>
          {change !== null && <Cell label={t("console.list.actions")}><AdminActions admin={admin} change={change} text={text} /></Cell>}
        </DataRow>
      ))}
    </DataTable>
  );
}

function AdminActions({ admin, change, text }: { readonly admin: AdminLine; readonly change: NonNullable<AdminsTableProps["change"]>; readonly text: Translator }) {
  const { t } = text;
  const name = admin.name ?? admin.address ?? admin.id;
  const other = admin.role === "owner" ? "support" : "owner";
  return (
    <div className="flex flex-wrap gap-2">
      <ActForm action={change.setRole} token={change.token} fields={{ admin: admin.id, role: other }}>
        <ActionButton tone="secondary" busyText={t("common.saving")}>{t(`console.admins.make.${other}`)}<span className="sr-only">: {name}</span></ActionButton>
      </ActForm>
      <ConfirmRemoval label={t("console.admins.remove", { name })} question={t("console.admins.removeQuestion", { name })} warning={t("console.admins.removeWarning")}>
        <ActButton action={change.remove} token={change.token} fields={{ admin: admin.id }} label={t("console.admins.remove", { name })} tone="danger" text={text} />
      </ConfirmRemoval>
    </div>
  );
}
