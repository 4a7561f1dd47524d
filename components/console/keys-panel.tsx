import { ConfirmRemoval } from "@/components/settings/confirm-removal";
import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import type { KeyLine, KeyScopeName } from "@/lib/model/console-people";
import type { KeyAnswer } from "./keys-form";
import { KeyForm } from "./keys-form";
import type { ConsoleAction } from "./people-parts";
import { ActButton, EmptyState, Panel } from "./people-parts";
import { Cell, DataRow, DataTable, HeadCell } from "./people-table";

interface KeysPanelProps {
  readonly scope: KeyScopeName;
  /** Of the project or the workspace. */
  readonly owner: string;
  readonly keys: readonly KeyLine[];
  /** Null for whoever may only look. */
  readonly change: {
    readonly token: string; readonly slug: string; readonly remove: ConsoleAction; readonly create: (before: KeyAnswer, formData: FormData) => Promise<KeyAnswer>;
  } | null;
  readonly now: Date;
  readonly text: Translator;
}

/** The keys of one owner: what each is called, how it ends, whether anybody uses it. */
export function KeysPanel({ scope, owner, keys, change, now, text }: KeysPanelProps) {
  const { t } = text;
  const columns = {
    name: t("console.keys.name"), key: t("console.keys.key"), made: t("console.keys.made"), used: t("console.person.lastUsed"), ends: t("console.keys.ends"),
    ...(change === null ? {} : { act: t("console.list.actions") }),
  };
  return (
    <Panel id={`keys-${scope}`} title={t(`console.keys.${scope}`, { name: owner })} intro={t(`console.keys.${scope}Text`)}>
      {keys.length === 0 ? <EmptyState title={t("console.keys.empty")}><p>{t("console.keys.emptyText")}</p></EmptyState> : (
        <DataTable caption={t(`console.keys.${scope}`, { name: owner })} columns={Object.values(columns)} testId={`keys-table-${scope}`}>
          {keys.map((key) => (
            <DataRow key={key.id} testId="key-row">
              <HeadCell label={columns.name}><span className="font-semibold"><bdi>{key.name}</bdi></span></HeadCell>
              <Cell label={columns.key}><code dir="ltr">{key.hint}</code></Cell>
              <Cell label={columns.made}><When at={key.createdAt} now={now} text={text} />{key.createdBy !== "" && <span className="block text-ink-3"><bdi>{key.createdBy}</bdi></span>}</Cell>
              <Cell label={columns.used}>{key.lastUsedAt === null ? t("common.never") : <When at={key.lastUsedAt} now={now} text={text} />}</Cell>
              <Cell label={columns.ends}>
                {key.expiresAt === null ? t("common.never") : <When at={key.expiresAt} now={now} text={text} />}
                {key.over && <span className="block font-semibold text-warn">{t("console.keys.over")}</span>}
              </Cell>
              {change !== null && (
                <Cell label={t("console.list.actions")}>
                  <ConfirmRemoval label={t("console.keys.delete", { name: key.name })} question={t("console.keys.deleteQuestion", { name: key.name })} warning={t("console.keys.deleteWarning")}>
                    <ActButton action={change.remove} token={change.token} fields={{ slug: change.slug, scope, key: key.id }} label={t("console.keys.delete", { name: key.name })} tone="danger" text={text} />
                  </ConfirmRemoval>
                </Cell>
              )}
            </DataRow>
          ))}
        </DataTable>
      )}
      {change !== null && (
        <KeyForm action={change.create} token={change.token} fields={{ slug: change.slug, scope }} id={`new-${scope}`} words={{
          title: t("console.keys.create"), name: t("console.keys.name"), nameHint: t("console.keys.nameHint"), life: t("console.keys.life"), submit: t("console.keys.create"), busy: t("common.saving"),
          lives: { month: t("console.keys.life.month"), quarter: t("console.keys.life.quarter"), year: t("console.keys.life.year"), never: t("console.keys.life.never") },
          once: t("console.keys.once"), copy: { copy: t("console.keys.copy"), copied: t("common.copied"), failed: t("common.copyFailed") },
        }} />
      )}
    </Panel>
  );
}
