import { aal2Methods, secondFactors } from "../config/methods";
import type { DraftWarning } from "../model/console-impact";
import type { ProjectId } from "../model/ids";
import type { ProjectConfig } from "../model/project";
import { atLeast } from "../policy/aal";
import type { Impact } from "../platform/impact";
import type { OwnersOf, PersonImpact } from "../platform/impact-facts";
import { sendersOf } from "./console-methods";
import type { Exchange } from "./exchange";

interface Facts {
  readonly before: ProjectConfig;
  readonly after: ProjectConfig;
  readonly impact: Impact;
  readonly owners: OwnersOf;
  readonly admins: readonly PersonImpact[];
  /** What the configuration file says instead, in words. */
  readonly file: readonly string[];
  readonly projectId: ProjectId;
}

export async function warningsOf(exchange: Exchange, { before, after, impact, owners, admins, file, projectId }: Facts): Promise<readonly DraftWarning[]> {
  const found: DraftWarning[] = [];
  const warn = (kind: DraftWarning["kind"], when: boolean, count = 0, names: readonly string[] = []): void => {
    if (when) found.push({ kind, count, names });
  };
  const [was, will] = [before.methods, after.methods];
  warn("shut_out", impact.people.shutOut > 0, impact.people.shutOut);
  warn("losing", impact.people.losing > 0, impact.people.losing);
  const bare = admins.filter(({ subject }) => !atLeast(subject.after.availableAal, "aal2"));
  warn("admins_without", bare.length > 0, bare.length, bare.map(({ address }) => address));
  for (const type of ["webauthn", "passkey"] as const) {
    const changed = was[type].enabled && was[type].rp.id !== will[type].rp.id;
    warn(`rp_changed_${type}`, changed, owners(type), [was[type].rp.id, will[type].rp.id]);
  }
  warn("no_second_factor", secondFactors(will).length === 0 && aal2Methods(will).length === 0);
  warn("passkeys_stay_one", will.passkey.enabled && !will.passkey.aal2OnUserVerification);
  warn("same_channel", will.code.enabled && will.code.mfaEnabled && (after.flows.recovery.enabled || will.code.passwordlessEnabled));
  const senders = sendersOf(exchange, after);
  const needsMail = will.code.enabled && (will.code.mfaEnabled || will.code.passwordlessEnabled || after.flows.recovery.enabled || after.flows.verification.enabled);
  warn("mail_none", needsMail && !senders.mail);
  warn("sms_none", will.code.enabled && will.code.mfaEnabled && !senders.sms);
  const failing = senders.mail ? (await exchange.services.db.forProject(projectId).listMessages({ limit: 20, status: "queued" })).filter(({ lastError }) => lastError !== null) : [];
  warn("mail_fails", failing.length > 0, failing.length);
  warn("file_differs", file.length > 0, file.length, file);
  return found;
}
