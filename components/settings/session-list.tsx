import type { ReactNode } from "react";
import { Ladder } from "@/components/brand/ladder";
import type { SessionView } from "@/components/session/person";
import { newestProof } from "@/components/session/person";
import { ActionButton } from "@/components/ui/submit-button";
import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import { deviceName } from "./device-name";
import { Section } from "./section";

type Action = (formData: FormData) => Promise<void>;
interface SessionListProps {
  readonly current: SessionView | null;
  readonly others: readonly SessionView[];
  readonly signOutOne: Action;
  readonly signOutOthers: Action;
  readonly actionToken: string;
  /** The flow behind this page, so that an action can come back to it. */
  readonly flowId: string;
  readonly now: Date;
  readonly text: Translator;
}

/** Where the person is signed in and how each session was confirmed. This one is left by signing out, not from the list. */
export function SessionList({ current, others, signOutOne, signOutOthers, actionToken, flowId, now, text }: SessionListProps) {
  const hidden = (
    <>
      <input type="hidden" name="csrf_token" value={actionToken} />
      <input type="hidden" name="flow" value={flowId} />
    </>
  );
  return (
    <Section id="sessions" title={text.t("sessions.title")} intro={text.t("sessions.intro")}>
      {current !== null && (
        <ul aria-label={text.t("sessions.current")}>
          <Row session={current} now={now} text={text} tag={text.t("sessions.current")} />
        </ul>
      )}
      <h3 className="font-semibold">{text.t("sessions.others")}</h3>
      {others.length === 0 ? <p className="text-ink-2">{text.t("sessions.noOthers")}</p> : (
        <>
          <ul className="divide-y divide-line" aria-label={text.t("sessions.others")}>
            {others.map((session) => (
              <Row key={session.id} session={session} now={now} text={text}>
                <form action={signOutOne}>
                  {hidden}
                  <input type="hidden" name="session" value={session.id} />
                  <ActionButton tone="secondary" busyText={text.t("common.checking")}>
                    {text.t("sessions.signOut")}<span className="sr-only">: {deviceName(session, text)}</span>
                  </ActionButton>
                </form>
              </Row>
            ))}
          </ul>
          <form action={signOutOthers}>
            {hidden}
            <ActionButton tone="secondary" busyText={text.t("common.checking")}>{text.t("sessions.signOutOthers")}</ActionButton>
          </form>
        </>
      )}
    </Section>
  );
}

interface RowProps {
  readonly session: SessionView;
  readonly now: Date;
  readonly text: Translator;
  readonly tag?: string;
  readonly children?: ReactNode;
}
function Row({ session, now, text, tag, children }: RowProps) {
  const proof = newestProof(session);
  const methods = text.list(session.methods.map(({ method }) => text.t(`method.${method}`)));
  const address = session.devices.at(-1)?.ipAddress ?? null;
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 py-4 first:pt-0 last:pb-0" data-testid="session-row">
      <Ladder level={session.aal} className="mt-0.5 h-7 w-6 shrink-0" />
      <div className="min-w-0 flex-1 basis-48 space-y-0.5">
        <p className="font-semibold">
          {deviceName(session, text)}
          {tag !== undefined && <span className="ms-2 rounded-full border border-accent/40 bg-accent-soft px-2 py-0.5 text-xs font-semibold text-accent">{tag}</span>}
        </p>
        <p className="text-sm text-ink-2">
          {text.t("sessions.confirmedWith", { methods })}
          {proof !== null && <>, <When at={proof.completedAt} now={now} text={text} /></>}
        </p>
        <p className="text-sm text-ink-3">{text.t("sessions.ends", { time: session.expiresAt })}</p>
        {address !== null && (
          <details className="text-sm text-ink-3">
            <summary className="link inline-flex min-h-6 cursor-pointer items-center">{text.t("sessions.address")}</summary>
            <bdi dir="ltr" className="code">{address}</bdi>
          </details>
        )}
      </div>
      {children}
    </li>
  );
}
