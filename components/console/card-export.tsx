import { CopyButton } from "@/components/ui/copy-button";
import type { Translator } from "@/lib/i18n/text";
import type { CardExport as Exported } from "@/lib/model/console";

interface CardExportProps extends Exported {
  readonly name: string;
  readonly text: Translator;
}

/** What a card holds as YAML, and the command that sets it. */
export function CardExport({ name, yaml, command, text }: CardExportProps) {
  const words = { copy: text.t("common.copy"), copied: text.t("common.copied"), failed: text.t("common.copyFailed") };
  return (
    <details className="rounded-control border border-line bg-surface">
      <summary className="flex min-h-11 cursor-pointer items-center px-4 text-sm font-medium text-ink-2">
        {text.t("console.export.title")}<span className="sr-only">: {name}</span>
      </summary>
      <div className="grid gap-4 px-4 pb-4">
        <Block title={text.t("console.export.yaml")} value={yaml} copy={`${words.copy} ${text.t("console.export.yaml")}: ${name}`} words={words} />
        <Block title={text.t("console.export.command")} value={command} copy={`${words.copy} ${text.t("console.export.command")}: ${name}`} words={words} />
      </div>
    </details>
  );
}

interface BlockProps {
  readonly title: string;
  readonly value: string;
  readonly copy: string;
  readonly words: { readonly copy: string; readonly copied: string; readonly failed: string };
}
function Block({ title, value, copy, words }: BlockProps) {
  return (
    <div className="min-w-0 space-y-2">
      <p className="text-sm font-semibold">{title}</p>
      <pre dir="ltr" className="rounded-control border border-line bg-sunken p-3 text-xs whitespace-pre-wrap">{value}</pre>
      <CopyButton value={value} label={copy} words={words} />
    </div>
  );
}
