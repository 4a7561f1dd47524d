import type { FlowKind, FlowStates } from "../model/flow";

export type FlowEvent = "challenge_sent" | "challenge_passed" | "saved" | "start_over";

type Transitions = { readonly [K in FlowKind]: { readonly [S in FlowStates[K]]: { readonly [E in FlowEvent]?: FlowStates[K] } } };

const choose = { challenge_sent: "sent_email", challenge_passed: "passed_challenge" } as const;
const sent = { challenge_sent: "sent_email", challenge_passed: "passed_challenge", start_over: "choose_method" } as const;

/** The whole life of every flow. `passed_challenge` has no exits, and the write that enters it is conditional. */
export const TRANSITIONS = {
  login: { choose_method: choose, sent_email: sent, passed_challenge: {} },
  registration: { choose_method: choose, sent_email: sent, passed_challenge: {} },
  settings: { show_form: { saved: "success" }, success: { saved: "success" } },
  recovery: { choose_method: { challenge_sent: "sent_email" }, sent_email: sent, passed_challenge: {} },
  verification: { choose_method: { challenge_sent: "sent_email" }, sent_email: sent, passed_challenge: {} },
} as const satisfies Transitions;

/** The state after an event, or null when the table does not allow it there. */
export function nextState<K extends FlowKind>(kind: K, state: FlowStates[K], event: FlowEvent): FlowStates[K] | null {
  const table: Transitions[K] = TRANSITIONS[kind];
  return table[state][event] ?? null;
}
