import { type PGlite, protocol } from "@electric-sql/pglite";
import type { Statement } from "./connection";

const { serialize } = protocol;

/** What a hot statement answers: rows of one column, JSON, named `found`. */
export interface Found {
  readonly found: unknown;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/**
 * Reads by named prepared statements on the embedded database: parsed and planned once, then one message a read, where
 * `query` sends six and plans anew (measured: a tenth of the time). It waits its turn like every other statement, so it
 * never sees the inside of an open transaction.
 */
export function preparedReads(client: PGlite): (statement: Statement, params: readonly unknown[]) => Promise<readonly Found[]> {
  const parsed = new Set<string>();
  return (statement, params) => client._runExclusiveTransaction(() => client._runExclusiveQuery(async () => {
    if (!parsed.has(statement.name)) {
      await client.execProtocol(joined([serialize.parse({ name: statement.name, text: statement.text }), serialize.sync()]));
      parsed.add(statement.name);
    }
    const values = params.map((param) => (param === null || param === undefined ? null : String(param)));
    const { messages } = await client.execProtocol(
      joined([serialize.bind({ statement: statement.name, values }), serialize.execute({}), serialize.sync()]), { syncToFs: false });
    return messages.flatMap((message) => {
      if (!("fields" in message) || message.name !== "dataRow") return [];
      const [text] = message.fields as readonly (string | null)[];
      return [{ found: typeof text === "string" ? JSON.parse(text) as unknown : null }];
    });
  }));
}
