import type { ReactNode } from "react";

interface ConfirmRemovalProps {
  /** Names what would go: "Remove authenticator app". */
  readonly label: string;
  readonly question: string;
  readonly warning: string;
  /** The form with the button that really removes it. */
  readonly children: ReactNode;
}

/** Asks once more before something is lost, without script: the button is behind the question. */
export function ConfirmRemoval({ label, question, warning, children }: ConfirmRemovalProps) {
  return (
    <details className="group">
      <summary className="button button-secondary">{label}</summary>
      <div className="mt-4 space-y-3 rounded-control border border-loss-line bg-loss-soft p-4">
        <p className="font-semibold">{question}</p>
        <p className="text-ink-2">{warning}</p>
        {children}
      </div>
    </details>
  );
}
