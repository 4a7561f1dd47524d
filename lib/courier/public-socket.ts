import { connect } from "node:net";
import type { LookupFunction, Socket } from "node:net";
import { publicLookup } from "../actions/guarded-fetch";

interface Place {
  readonly host: string;
  readonly port: number;
  readonly stepMs: number;
  readonly lookup: LookupFunction | undefined;
}
type Done = (error: Error | null, opened: { readonly connection: Socket } | false) => void;

/**
 * Opens connections to a mail server at a public address only. The address is judged when it is dialled, after the name was resolved,
 * so no trick with names gets past. Hands over a `GuardedFetchError` for every other.
 */
export function publicSocket({ host, port, stepMs, lookup }: Place): (options: unknown, done: Done) => void {
  return (_options, done) => {
    try {
      const socket = connect({ host, port, lookup: publicLookup(host, lookup), timeout: stepMs });
      const settle = (error: Error | null): void => {
        socket.off("error", settle).off("timeout", late).off("connect", open);
        // What breaks before the next reader listens is told to nobody, and found out at the first word.
        socket.on("error", () => undefined).setTimeout(0);
        if (error !== null) socket.destroy();
        done(error, error === null ? { connection: socket } : false);
      };
      const late = (): void => settle(new Error("the mail server took too long"));
      const open = (): void => settle(null);
      socket.once("error", settle).once("timeout", late).once("connect", open);
    } catch (error) {
      done(error instanceof Error ? error : new Error("no connection"), false);
    }
  };
}
