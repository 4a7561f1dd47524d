import type { MethodSwitches } from "@/lib/model/console";
import type { FormAnswer } from "./two-factor-view";

/** What the form of factors holds, as typed. */
export interface MethodsChoices extends MethodSwitches {
  readonly windowMinutes: string;
  readonly lifespanHours: string;
  readonly comment: string;
}
export type MethodsAnswer = FormAnswer<MethodsChoices>;
