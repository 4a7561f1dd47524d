import type { SimulationAsked } from "@/lib/model/console-impact";

export const AREAS = ["session", "settings", "privileged_change", "factor_change", "path", "operation"] as const satisfies readonly SimulateChoices["area"][];

/** What the form asks, as typed. */
export type SimulateChoices = SimulationAsked<string, string>;
