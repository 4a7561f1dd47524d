"use client";

import type { ReactNode } from "react";
import type { EnforcementModel } from "@/lib/model/policy";
import type { EnrolmentWords } from "./enrolment-card";
import { EnrolmentCard } from "./enrolment-card";
import type { CardWords } from "./enforcement-cards";
import { EnforcementCards } from "./enforcement-cards";
import type { PolicyFormPlace, PolicyFormWords } from "./policy-form";
import { PolicyForm } from "./policy-form";
import type { OperationWords, PathWords } from "./protected-paths";
import { Operations, ProtectedPaths } from "./protected-paths";
import type { TwoFactorChoices } from "./two-factor-view";

export interface TwoFactorWords extends PolicyFormWords {
  readonly signIn: CardWords;
  readonly settings: CardWords;
  readonly withoutFactor: string;
  readonly effect: string;
  readonly enrolment: EnrolmentWords;
  readonly paths: PathWords;
  readonly operations: OperationWords;
}
interface TwoFactorFormProps extends PolicyFormPlace<TwoFactorChoices> {
  readonly inForce: { readonly signIn: EnforcementModel; readonly settings: EnforcementModel };
  readonly words: TwoFactorWords;
  /** The cards as YAML and as commands, below their fields. */
  readonly exports: Readonly<Record<"enforcement" | "enrolment" | "paths" | "operations", ReactNode>>;
}

/** Strict or Lax, enrolment, protected paths and operations. Sending it makes a draft and shows its impact; nothing is in force before it is saved there. */
export function TwoFactorForm({ inForce, words, exports, ...place }: TwoFactorFormProps) {
  return (
    <PolicyForm {...place} words={words} fields={(shown) => (
      <>
        <div className="space-y-3">
          <div className="grid gap-6 lg:grid-cols-2">
            <EnforcementCards name="sign_in" configKey="session.whoami.required_aal" chosen={shown.signIn} inForce={inForce.signIn} words={words.signIn} />
            <EnforcementCards name="settings" configKey="selfservice.flows.settings.required_aal" chosen={shown.settings} inForce={inForce.settings} words={words.settings} />
          </div>
          <p className="text-sm text-ink-2">{words.withoutFactor} {words.effect}</p>
          {exports.enforcement}
        </div>
        <div className="space-y-3">
          <EnrolmentCard row={shown.enrolment} words={words.enrolment} />
          {exports.enrolment}
        </div>
        <div className="space-y-3">
          <ProtectedPaths rows={shown.paths} words={words.paths} />
          {exports.paths}
        </div>
        <div className="space-y-3">
          <Operations rows={shown.operations} words={words.operations} />
          {exports.operations}
        </div>
      </>
    )} />
  );
}
