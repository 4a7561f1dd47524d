import type { Translator } from "@/lib/i18n/text";
import type { DiffLine } from "@/lib/model/console-impact";

const LOOK = { " ": "text-ink-2", "+": "bg-accent-soft", "-": "bg-loss-soft" } as const;

/** Lines taken away and added, with a sign beside the colour. */
export function DiffView({ lines, label, text }: { readonly lines: readonly DiffLine[]; readonly label: string; readonly text: Translator }) {
  if (lines.length === 0) return <p className="text-ink-2">{text.t("console.diff.empty")}</p>;
  return (
    <section dir="ltr" aria-label={label} className="rounded-control border border-line bg-surface font-mono text-xs">
      {lines.map(({ sign, text: line }, index) => (
        <div key={`${String(index)} ${line}`} className={`flex gap-2 px-3 py-0.5 ${LOOK[sign]}`}>
          <span className="w-3 shrink-0 select-none" aria-hidden="true">{sign}</span>
          {sign !== " " && <span className="sr-only">{text.t(sign === "+" ? "console.diff.added" : "console.diff.removed")}</span>}
          <span className="whitespace-pre-wrap">{line}</span>
        </div>
      ))}
    </section>
  );
}
