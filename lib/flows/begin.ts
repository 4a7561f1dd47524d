import type { ProjectDb } from "../db/handles";
import type { Flow } from "../model/flow";
import { askBefore } from "./hooks";
import type { EngineDeps, FlowRequest } from "./request";

/**
 * The one way in which a flow begins for somebody: the hooks that run before it are asked, then it is stored, with what belongs to it.
 * Also where it takes the place of one that is over, and where a registration takes a sign-in's place: nobody comes around a hook by
 * letting a form grow old. What a step begins inside its own transaction (a verification after a sign-up) is that step's, and its hooks
 * were asked there. Throws `hook_interrupted`; nothing is stored then.
 */
export async function beginFlow<T = void>(
  flow: Flow, request: FlowRequest, deps: EngineDeps, also?: (tx: ProjectDb) => Promise<T>,
): Promise<T | undefined> {
  await mayBegin(flow, request, deps);
  return request.handle.transaction(async (tx) => {
    await tx.insertFlow(flow);
    return also?.(tx);
  });
}

/** The same question for a flow that a transaction of its own will store. Never inside one: a hook takes its time. */
export async function mayBegin(
  flow: Flow, request: FlowRequest, deps: EngineDeps, about?: { readonly identity: Parameters<typeof askBefore>[0]["identity"]; readonly session: Parameters<typeof askBefore>[0]["session"] },
): Promise<void> {
  const view = flow.kind === "settings" ? request.session : null;
  const { identity, session } = about ?? { identity: view?.identity ?? null, session: view?.session ?? null };
  await askBefore({ flow, method: "", identity, session }, request, deps);
}
