import type { FlowKind } from "../model/flow";
import type { Message } from "../model/message";
import { labels } from "./messages/labels";
import { progress } from "./messages/progress";
import { refusals } from "./messages/refusals";

export type { ReasonCode } from "./messages/refusals";
export { rfc3339, typeOfMessage } from "./messages/make";

/** One constructor for every message of the contract's part 6, named for what it says. Ids are frozen by message.test.ts. */
export const say = { ...progress, ...labels, ...refusals } as const;

/** The "your flow is too old" message of a kind; `expiredAt` is when the old flow ended. */
export function sayExpired(kind: FlowKind, expiredAt: Date): Message {
  switch (kind) {
    case "login": return say.loginExpired(expiredAt);
    case "registration": return say.registrationExpired(expiredAt);
    case "settings": return say.settingsExpired(expiredAt);
    case "recovery": return say.recoveryExpired(expiredAt);
    case "verification": return say.verificationExpired(expiredAt);
  }
}

/** The "no method matched your submission" message of a kind. */
export function sayNoMethod(kind: FlowKind): Message {
  switch (kind) {
    case "login": return say.noLoginMethod();
    case "registration": return say.noRegistrationMethod();
    case "settings": return say.noSettingsMethod();
    case "recovery": return say.noRecoveryMethod();
    case "verification": return say.noVerificationMethod();
  }
}
