import type { AccessDecision, AccessRequirement } from "@/lib/model/policy";
import type { AreaView } from "./impact-view";

export interface TraceView {
  readonly area: AreaView;
  readonly requirement: AccessRequirement | null;
  readonly decision: AccessDecision;
  readonly steps: readonly {
    readonly rule: "requirement" | "session" | "revoked" | "expired" | "method" | "enrolment" | "level" | "accepted_method" | "age" | "allow";
    readonly state: "passed" | "decided" | "not_reached";
    readonly facts: Readonly<Record<string, string | number | readonly string[]>>;
  }[];
}
export type SimulationView =
  | { readonly kind: "answer"; readonly person: string | null; readonly trace: TraceView; readonly test: string; readonly revision: number | "draft" }
  | { readonly kind: "no_person" | "no_revision" | "no_draft" }
  | { readonly kind: "several"; readonly people: readonly { readonly id: string; readonly address: string }[] };

/** What the form asks, as typed. */
export interface SimulateChoices {
  readonly person: string;
  readonly first: string;
  readonly second: readonly string[];
  readonly level: "none" | "aal1" | "aal2";
  readonly minutes: string;
  readonly area: AreaView["kind"];
  readonly where: string;
  readonly policy: "live" | "draft" | "revision";
  readonly revision: string;
}
