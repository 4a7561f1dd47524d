import type { ReactNode } from "react";
import { Icon } from "./icon";

const TONES = {
  good: { box: "border-accent/40 bg-accent-soft", mark: "text-accent", icon: "check" },
  info: { box: "border-line bg-sunken", mark: "text-ink-2", icon: "help" },
  attention: { box: "border-warn-line bg-warn-soft", mark: "text-warn", icon: "alert" },
  loss: { box: "border-loss-line bg-loss-soft", mark: "text-loss", icon: "alert" },
} as const;

interface NoticeProps {
  readonly tone: keyof typeof TONES;
  readonly title?: string;
  readonly children?: ReactNode;
  readonly id?: string;
  /** `status` for what has just happened; absent for standing text. */
  readonly role?: "status";
}

/** A sentence that stands out, with a sign beside its colour. */
export function Notice({ tone, title, children, id, role }: NoticeProps) {
  const look = TONES[tone];
  return (
    <div id={id} role={role} tabIndex={id === undefined ? undefined : -1} className={`flex gap-3 rounded-control border p-3.5 ${look.box}`}>
      <Icon name={look.icon} className={`mt-0.5 size-5 ${look.mark}`} />
      <div className="min-w-0 space-y-1">
        {title !== undefined && <p className="font-semibold">{title}</p>}
        {children}
      </div>
    </div>
  );
}
