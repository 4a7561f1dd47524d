export type EffectView = "asked" | "must_enrol" | "released" | "unchanged";
export interface AreaView {
  readonly kind: "session" | "settings" | "privileged_change" | "factor_change" | "path" | "operation";
  readonly pathname?: string;
  readonly name?: string;
}
export interface ImpactView {
  readonly at: Date;
  readonly sessions: { readonly total: number; readonly asked: number; readonly mustEnrol: number; readonly released: number };
  readonly people: {
    readonly total: number; readonly withSecondFactor: number; readonly without: number; readonly withoutChanged: number; readonly losing: number; readonly shutOut: number;
  };
  readonly groups: readonly {
    readonly level: string; readonly factors: readonly string[]; readonly ageBucket: number; readonly sessions: number;
    readonly asked: number; readonly mustEnrol: number; readonly released: number;
  }[];
  readonly areas: readonly { readonly area: AreaView; readonly before: number; readonly after: number }[];
}
export interface PersonView {
  readonly identityId: string;
  readonly address: string;
  readonly isAdmin: boolean;
  readonly sessions: number;
  /** Null: nobody is signed in. */
  readonly effect: EffectView | null;
}
export interface WarningView {
  readonly kind:
    | "admins_without" | "no_second_factor" | "passkeys_stay_one" | "mail_none" | "mail_fails" | "file_differs" | "rp_changed_webauthn" | "rp_changed_passkey"
    | "losing" | "shut_out" | "same_channel" | "sms_none";
  readonly count: number;
  readonly names: readonly string[];
}
export interface LooseningView {
  readonly kind: "sign_in" | "settings" | "window" | "lifespan" | "enrolment" | "path" | "operation" | "second_factor" | "passkey_counts" | "keeps_sessions";
  readonly name: string;
}
export interface DiffLineView {
  readonly sign: " " | "+" | "-";
  readonly text: string;
}
