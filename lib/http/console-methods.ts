import { FACTORS_OF_PAGE } from "./console-document";
import type { CardName, MethodsInput } from "./console-document";
import type { CardExport, MethodFacts, ProjectFrame, Senders } from "../model/console";
import type { ProjectConfig } from "../model/project";
import type { Admin } from "./console";
import { valueAt } from "./console-document";
import { exportsOf, openProject } from "./console-project";
import { ownersOf } from "../platform/adoption";
import type { Exchange } from "./exchange";

export interface MethodsPage extends ProjectFrame, MethodFacts {
  readonly shown: Omit<MethodsInput, "comment">;
  /** As of when `owners` holds. */
  readonly countedAt: Date;
  readonly exports: Readonly<Record<CardName, CardExport>>;
}
/** What can leave this installation for this project. */
export function sendersOf({ services }: Exchange, config: ProjectConfig): Senders {
  return { mail: config.courier.email !== null || services.env.smtpUrl !== null, sms: config.courier.sms !== null };
}

/** What codes are used for. */
export function codeUse({ methods: { code } }: ProjectConfig): MethodsInput["code"] {
  if (!code.enabled) return "off";
  return code.mfaEnabled ? "second" : code.passwordlessEnabled ? "first" : "off";
}

export async function readMethods(exchange: Exchange, admin: Admin, slug: string): Promise<MethodsPage | null> {
  const opened = await openProject(exchange, admin, slug);
  if (opened === null) return null;
  const { project, shown, frame } = opened;
  const { methods, document } = shown;
  const owners = await ownersOf(exchange.services.db.platform, project, FACTORS_OF_PAGE, exchange.now);
  const text = (path: string): string => {
    const value = valueAt(document, `selfservice.methods.${path}`);
    return typeof value === "string" ? value : "";
  };
  return {
    ...frame, exports: exportsOf(document, slug), senders: sendersOf(exchange, shown),
    owners: Object.fromEntries(FACTORS_OF_PAGE.map((type) => [type, owners.counts.get(type) ?? 0])) as MethodsPage["owners"], countedAt: owners.at,
    rpId: { webauthn: methods.webauthn.rp.id, passkey: methods.passkey.rp.id },
    providers: methods.oidc.enabled ? methods.oidc.providers.map(({ label }) => label) : [],
    shown: {
      password: methods.password.enabled, totp: methods.totp.enabled, issuer: text("totp.config.issuer"), lookupSecret: methods.lookup_secret.enabled,
      webauthn: !methods.webauthn.enabled ? "off" : methods.webauthn.passwordless ? "first" : "second", webauthnRpId: text("webauthn.config.rp.id"),
      passkey: methods.passkey.enabled, passkeyCounts: methods.passkey.aal2OnUserVerification, passkeyRpId: text("passkey.config.rp.id"),
      code: codeUse(shown),
      windowMinutes: shown.policy.privilegedMaxAgeSeconds / 60, lifespanHours: shown.session.lifespanMs / 3_600_000,
    },
  };
}
