import { PlainLink } from "@/components/ui/plain-link";
import { When } from "@/components/ui/when";
import { ActionButton } from "@/components/ui/submit-button";
import { Field } from "@/components/ui/field";
import { ConfirmRemoval } from "@/components/settings/confirm-removal";
import type { Translator } from "@/lib/i18n/text";
import type { FactorLine, PersonFacts } from "@/lib/model/console-people";
import type { ConsoleAction } from "./people-parts";
import { ActForm, EmptyState, Panel } from "./people-parts";
import { Cell, DataRow, DataTable, HeadCell } from "./people-table";
import { Status } from "./people-list";
import { levelWords } from "./people-words";

/** Who somebody is: state, addresses, what their account says of them. */
export function PersonProfile({ person, now, text }: { readonly person: PersonFacts; readonly now: Date; readonly text: Translator }) {
  const { t } = text;
  const facts = [
    { label: t("console.people.status"), value: <Status state={person.state} text={text} /> },
    { label: t("console.person.id"), value: <code dir="ltr" className="text-sm">{person.id}</code> },
    ...(person.externalId === null ? [] : [{ label: t("console.person.externalId"), value: <code dir="ltr" className="text-sm">{person.externalId}</code> }]),
    { label: t("console.person.reach"), value: levelWords(person.availableAal, text) },
    { label: t("console.person.created"), value: <When at={person.createdAt} now={now} text={text} /> },
    { label: t("console.person.updated"), value: <When at={person.updatedAt} now={now} text={text} /> },
    { label: t("console.person.schema"), value: <code dir="ltr" className="text-sm">{person.schemaId}</code> },
    ...person.traits.map(({ path, value }) => ({ label: path, value: <bdi>{value.slice(0, 500)}</bdi> })),
  ];
  return (
    <Panel id="profile" title={t("console.person.profile")}>
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[max-content_1fr]">
        {facts.map(({ label, value }) => (
          <div key={label} className="sm:contents"><dt className="text-sm text-ink-2">{label}</dt><dd>{value}</dd></div>
        ))}
      </dl>
      <h3 className="font-semibold">{t("console.person.addresses")}</h3>
      {person.addresses.length === 0 ? <p className="text-ink-2">{t("console.person.noAddresses")}</p> : (
        <ul className="space-y-1">
          {person.addresses.map((address) => (
            <li key={`${address.via} ${address.value}`}>
              <bdi dir="ltr" className="font-medium">{address.value}</bdi>{" "}
              <span className="text-sm text-ink-2">{text.list([t(address.verified ? "console.person.verified" : "console.person.unverified"), ...(address.recovery ? [t("console.person.forRecovery")] : [])])}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

interface FactorsProps {
  readonly factors: readonly FactorLine[];
  readonly personName: string;
  /** Null for whoever may only look. */
  readonly remove: { readonly action: ConsoleAction; readonly token: string; readonly fields: Readonly<Record<string, string>> } | null;
  readonly now: Date;
  readonly text: Translator;
}

/** What somebody proves themselves with; each can be removed with a reason. */
export function PersonFactors({ factors, personName, remove, now, text }: FactorsProps) {
  const { t } = text;
  const columns = {
    type: t("console.person.factor"), name: t("console.person.factorName"), added: t("console.person.added"), used: t("console.person.lastUsed"),
    ...(remove === null ? {} : { act: t("console.list.actions") }),
  };
  return (
    <Panel id="factors" title={t("console.person.factors")}>
      {factors.length === 0 ? <EmptyState title={t("console.people.noFactors")}><p>{t("console.person.noFactorsText")}</p></EmptyState> : (
        <DataTable caption={t("console.person.factorsCaption")} columns={Object.values(columns)} testId="factors-table">
          {factors.map((factor) => (
            <DataRow key={factor.id} testId="factor-row">
              <HeadCell label={columns.type}><span className="font-semibold">{t(`method.${factor.type}`)}</span></HeadCell>
              <Cell label={columns.name}>{factor.codesLeft === null ? <bdi>{factor.name ?? "–"}</bdi> : t("console.person.codesLeft", { count: factor.codesLeft })}</Cell>
              <Cell label={columns.added}>
                <When at={factor.addedAt} now={now} text={text} />
                {factor.enrolledAal !== null && <span className="block text-ink-3">{t("console.person.addedAt", { level: levelWords(factor.enrolledAal, text) })}</span>}
              </Cell>
              <Cell label={columns.used}>{factor.lastUsedAt === null ? t("common.never") : <When at={factor.lastUsedAt} now={now} text={text} />}</Cell>
              {remove !== null && <Cell label={t("console.list.actions")}><RemoveFactor factor={factor} personName={personName} remove={remove} text={text} /></Cell>}
            </DataRow>
          ))}
        </DataTable>
      )}
    </Panel>
  );
}

function RemoveFactor({ factor, personName, remove, text }: Pick<FactorsProps, "personName" | "text"> & { readonly factor: FactorLine; readonly remove: NonNullable<FactorsProps["remove"]> }) {
  const { t } = text;
  if (!factor.removable) return <span className="text-ink-2">{t(factor.type === "code" ? "console.person.followsAddresses" : "console.person.lastWayIn")}</span>;
  const method = t(`method.${factor.type}`);
  const name = factor.name === null ? method : `${method} (${factor.name})`;
  const id = `reason-${factor.id}`;
  return (
    <ConfirmRemoval label={t("console.person.removeFactor", { name })} question={t("console.person.removeQuestion", { name, person: personName })} warning={t("console.person.removeWarning")}>
      <ActForm action={remove.action} token={remove.token} fields={{ ...remove.fields, credential: factor.id }}>
        <Field id={id} label={t("console.person.reason")} hint={null} errors={[]}>
          <input id={id} name="reason" required maxLength={500} autoComplete="off" className="field" />
        </Field>
        <ActionButton tone="danger" busyText={t("common.saving")}>{t("console.person.removeFactor", { name })}</ActionButton>
      </ActForm>
    </ConfirmRemoval>
  );
}

/** The way back to the list. */
export function BackToPeople({ href, text }: { readonly href: string; readonly text: Translator }) {
  return <PlainLink href={href} className="link inline-flex min-h-6 items-center">{text.t("console.person.backToPeople")}</PlainLink>;
}
