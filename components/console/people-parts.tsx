import type { ReactNode } from "react";
import { Notice } from "@/components/ui/notice";
import { PlainLink } from "@/components/ui/plain-link";
import { ActionButton } from "@/components/ui/submit-button";
import type { ButtonTone } from "@/components/ui/submit-button";
import type { Translator } from "@/lib/i18n/text";

export type ConsoleAction = (formData: FormData) => Promise<void>;

interface PanelProps {
  readonly id: string;
  readonly title: string;
  readonly intro?: string;
  readonly children: ReactNode;
}
/** One part of a page of the console. */
export function Panel({ id, title, intro, children }: PanelProps) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} data-testid={`panel-${id}`} className="card scroll-mt-6 space-y-4 p-4 sm:p-5">
      <div className="space-y-1">
        <h2 id={`${id}-title`} tabIndex={-1} className="text-lg font-bold">{title}</h2>
        {intro !== undefined && <p className="text-ink-2">{intro}</p>}
      </div>
      {children}
    </section>
  );
}

/** What is there before anything is there: what it is for, and how it begins. */
export function EmptyState({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="space-y-1 rounded-control border border-dashed border-edge p-5" data-testid="empty-state">
      <p className="font-semibold">{title}</p>
      <div className="text-ink-2">{children}</div>
    </div>
  );
}

interface ActFormProps {
  readonly action: ConsoleAction;
  readonly token: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly children: ReactNode;
}
/** A form that does one thing. Works without script. */
export function ActForm({ action, token, fields, children }: ActFormProps) {
  return (
    <form action={action} className="space-y-3">
      <input type="hidden" name="csrf_token" value={token} />
      {Object.entries(fields).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      {children}
    </form>
  );
}

interface ActButtonProps extends Omit<ActFormProps, "children"> {
  readonly label: string;
  /** Whom or what it is about, for whoever hears the button alone. */
  readonly about?: string;
  readonly tone?: ButtonTone;
  readonly text: Translator;
}
export function ActButton({ action, token, fields, label, about, tone = "secondary", text }: ActButtonProps) {
  return (
    <ActForm action={action} token={token} fields={fields}>
      <ActionButton tone={tone} busyText={text.t("common.saving")}>{label}{about !== undefined && <span className="sr-only">: {about}</span>}</ActionButton>
    </ActForm>
  );
}

/** Where a list goes on. A filtered page may be short and still go on: it says how many it looked at. */
export function NextPage({ href, first, short, looked, text }: {
  readonly href: string | null; readonly first: string | null; readonly short: boolean; readonly looked: number; readonly text: Translator;
}) {
  if (href === null && first === null) return null;
  return (
    <nav aria-label={text.t("console.list.pages")} className="flex flex-wrap items-center gap-3">
      {first !== null && <PlainLink href={first} className="button button-quiet">{text.t("console.list.first")}</PlainLink>}
      {href !== null && <PlainLink href={href} className="button button-secondary" rel="next">{text.t(short ? "console.list.lookFurther" : "console.list.next")}</PlainLink>}
      {href !== null && short && <p className="text-sm text-ink-2">{text.t("console.list.looked", { count: looked })}</p>}
    </nav>
  );
}

/** What has just happened, in words. */
export function Outcome({ words, good }: { readonly words: string | null; readonly good: boolean }) {
  return words === null ? null : <Notice tone={good ? "good" : "attention"} role="status"><p>{words}</p></Notice>;
}

/** For helpers: why there are no buttons. */
export function ReadOnlyNote({ text }: { readonly text: Translator }) {
  return <Notice tone="info"><p>{text.t("console.readOnly")}</p></Notice>;
}
