import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import { Field } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { SubmitButton } from "@/components/ui/submit-button";
import { When } from "@/components/ui/when";
import type { TextKey } from "@/lib/i18n/text";
import type { KeyKind, KeyView } from "./keys";
import { keysOf } from "./keys";
import type { SettingsProps } from "./settings-props";

interface KeyListProps extends SettingsProps {
  readonly kind: KeyKind;
  readonly now: Date;
  /** What it means to remove one. */
  readonly warning: TextKey;
}
/** Longer names are cut by the server too. */
const NAME_LENGTH = 64;

/** The keys of one kind: what each is, since when, and what can be done with it. */
export function KeyList(props: KeyListProps) {
  const keys = keysOf(props.flow, props.kind);
  if (keys.length === 0) return null;
  return (
    <ul className="divide-y divide-line border-y border-line" data-testid={`${props.kind}-list`}>
      {keys.map((key) => <KeyRow key={key.id} {...props} item={key} />)}
    </ul>
  );
}

function KeyRow({ item, kind, warning, flow, csrfToken, text, now }: KeyListProps & { readonly item: KeyView }) {
  const facts = [item.provider, item.synced === null ? null : text.t(item.synced ? "settings.keySynced" : "settings.keyOneDevice")].filter((fact) => fact !== null);
  return (
    <li className="space-y-2 py-4" data-testid="key-row">
      <div className="flex items-start gap-3">
        <Icon name={kind === "passkey" ? "passkey" : "key"} className="mt-0.5 size-6 text-accent" />
        <div className="min-w-0 flex-1 space-y-0.5">
          <p className="font-semibold">{item.name}</p>
          {facts.length > 0 && <p className="text-sm text-ink-2">{facts.join(" · ")}</p>}
          <p className="text-sm text-ink-3">
            <Stamp words="settings.keyAdded" at={item.addedAt} now={now} text={text} />
            {item.lastUsedAt === null ? (item.addedAt === null ? "" : `, ${text.t("settings.keyNeverUsed")}`) : <>, <Stamp words="settings.keyUsed" at={item.lastUsedAt} now={now} text={text} /></>}
          </p>
        </div>
      </div>
      <div className="flex flex-wrap items-start gap-x-2 gap-y-1 ps-9">
        <Rename item={item} kind={kind} flow={flow} csrfToken={csrfToken} text={text} />
        <Remove item={item} kind={kind} flow={flow} csrfToken={csrfToken} text={text} warning={warning} />
      </div>
      {item.cloned && <div className="ps-9"><Notice tone="attention"><p>{text.t("settings.keyCloned")}</p></Notice></div>}
      {!item.removable && <p className="ps-9 text-sm text-ink-2">{text.t("reason.last_first_factor")}</p>}
    </li>
  );
}

/** "Added 3 days ago", with the exact moment on hover: the sentence is one, so that any language can order it. */
function Stamp({ words, at, now, text }: { readonly words: "settings.keyAdded" | "settings.keyUsed"; readonly at: Date | null; readonly now: Date; readonly text: SettingsProps["text"] }) {
  if (at === null) return null;
  const [before = "", after = ""] = text.t(words, { ago: "\u0000" }).split("\u0000");
  return <>{before}<When at={at} now={now} text={text} />{after}</>;
}

interface RowProps extends SettingsProps {
  readonly item: KeyView;
  readonly kind: KeyKind;
}
/** Another name, in place; Rung's own fields beside the wire's. */
function Rename({ item, kind, flow, csrfToken, text }: RowProps) {
  const field = `${kind}-name-${item.id.slice(0, 32)}`;
  return (
    <details className="open:w-full">
      <summary className="button button-quiet -ms-4">{text.t("settings.keyRename")}<span className="sr-only">: {item.name}</span></summary>
      <FlowForm flow={flow} csrfToken={csrfToken} nodes={[]} method={kind} className="mt-2 max-w-sm space-y-3 rounded-control bg-sunken p-4">
        <input type="hidden" name={`${kind}_rename`} value={item.id} />
        <Field id={field} label={text.t("settings.keyNewName")} hint={null} errors={[]}>
          <input id={field} name={`${kind}_rename_displayname`} type="text" defaultValue={item.name} maxLength={NAME_LENGTH} required autoComplete="off" className="field" />
        </Field>
        <SubmitButton tone="secondary" busyText={text.t("common.saving")}>{text.t("settings.keySaveName")}<span className="sr-only">: {item.name}</span></SubmitButton>
      </FlowForm>
    </details>
  );
}

/** The question with the key's own name in it, before anything goes. */
function Remove({ item, kind, flow, csrfToken, text, warning }: RowProps & { readonly warning: TextKey }) {
  if (!item.removable) return null;
  return (
    <details className="open:w-full">
      <summary className="button button-quiet">{text.t("common.remove")}<span className="sr-only">: {item.name}</span></summary>
      <div className="mt-2 space-y-3 rounded-control border border-loss-line bg-loss-soft p-4">
        <p className="font-semibold">{text.t("settings.removeQuestion", { name: item.name })}</p>
        <p className="text-ink-2">{text.t(warning)}</p>
        <FlowForm flow={flow} csrfToken={csrfToken} nodes={[]} method={kind}>
          <FlowButton node={item.remove} text={text} tone="danger" />
        </FlowForm>
      </div>
    </details>
  );
}
