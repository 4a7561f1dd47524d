import { notFound } from "next/navigation";
import { Heading } from "@/components/shell/heading";
import { Shell } from "@/components/shell/shell";
import { outboxLetters } from "@/lib/http/next/outbox";
import type { OutboxLetter } from "@/lib/http/next/outbox";
import { translator } from "@/lib/i18n/text";

const TITLE = "Outbox";

/** Mail and text messages as their receivers read them, newest first. For whoever builds; English, and absent in production. */
export default async function OutboxPage() {
  const found = await outboxLetters();
  if (found === null) notFound();
  const text = translator("en");
  return (
    <Shell text={text} testId="screen-outbox" title={TITLE} width="page">
      <div className="space-y-6" lang="en">
        <Heading lead={<p>What {found.project} has sent or is about to send. This page does not exist in production.</p>}>{TITLE}</Heading>
        {found.letters.length === 0
          ? <p className="card p-5">Nothing yet. Ask for a code, then load this page again.</p>
          : <ol className="space-y-4">{found.letters.map((letter) => <li key={letter.id}><Letter letter={letter} /></li>)}</ol>}
      </div>
    </Shell>
  );
}

function Letter({ letter: { at, channel, template, status, lastError, letter } }: { readonly letter: OutboxLetter }) {
  return (
    <article className="card space-y-3 p-5" data-testid="outbox-letter" data-template={template}>
      <div className="space-y-1">
        <h2 className="font-semibold">{letter?.subject ?? template}</h2>
        <p className="text-sm text-ink-3">
          {letter !== null && <><bdi data-testid="outbox-to">{letter.to}</bdi> · </>}
          {channel} · <code>{template}</code> · {status} · <time dateTime={at}>{at}</time>
        </p>
        {lastError !== null && <p className="text-sm text-warn">{lastError}</p>}
      </div>
      {letter?.code !== undefined && letter.code !== null && <p className="code text-2xl font-semibold" data-testid="outbox-code">{letter.code}</p>}
      {letter !== null && <pre className="rounded-control bg-sunken p-4 font-sans text-sm whitespace-pre-wrap text-ink-2">{letter.text}</pre>}
    </article>
  );
}
