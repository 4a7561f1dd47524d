import { AsyncLocalStorage } from "node:async_hooks";
import type { Prisma, PrismaClient } from "./generated/client";
import { isRetryable, translated, translating } from "./errors";

/** A statement of our own. `name` is unique in the code: on a server it names the prepared statement. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Where a repository function runs its statements: on a transaction, or each on its own. */
export interface Queries {
  readonly prisma: Prisma.TransactionClient;
  rows<Row>(statement: Statement, params: readonly unknown[]): Promise<readonly Row[]>;
  /** Every call of another room goes through here: it translates errors and keeps the rules of the place. */
  around<R>(run: () => Promise<R>): Promise<R>;
}

/** What differs between the embedded database and a server. */
export interface Driver {
  readonly kind: "embedded" | "server";
  readonly prisma: PrismaClient;
  /** Outside every transaction, committed at once. A `hot` statement is prepared, and answers one JSON column `found`. */
  query(statement: Statement, params: readonly unknown[], lane: "hot" | "main"): Promise<readonly unknown[]>;
  /** Throws DomainError `unavailable` when a write must not be begun. */
  mayWrite(): Promise<void>;
  /** Runs one transaction at a time where there is one connection; else at once. */
  inTurn<T>(run: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface Connection {
  readonly kind: Driver["kind"];
  readonly reads: Queries;
  /** For statements that write and stand alone. */
  readonly writes: Queries;
  transaction<T>(run: (queries: Queries) => Promise<T>): Promise<T>;
  /** As `transaction`, but part of the one this is called inside of, where there is one: that one commits both or neither. */
  joining<T>(run: (queries: Queries) => Promise<T>): Promise<T>;
  hot<Row>(statement: Statement, params: readonly unknown[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

const TRANSACTION = { maxWait: 5_000, timeout: 10_000 };
const ATTEMPTS = 3;

export function connectionOver(driver: Driver): Connection {
  // One connection: a statement awaited beside `tx` would wait for the transaction, which waits for it. Say so at once.
  const inside = new AsyncLocalStorage<Queries>();
  function outside(): void {
    if (inside.getStore() !== undefined) throw new Error("lib/db: awaited outside the transaction that is open; use the tx it was given");
  }
  async function rows<Row>(statement: Statement, params: readonly unknown[]): Promise<readonly Row[]> {
    return await driver.query(statement, params, "main") as readonly Row[];
  }
  const reads: Queries = {
    prisma: driver.prisma, rows,
    async around(run) {
      outside();
      return await translating(run);
    },
  };
  const writes: Queries = {
    prisma: driver.prisma, rows,
    async around(run) {
      outside();
      await driver.mayWrite();
      return await translating(run);
    },
  };
  async function transaction<T>(run: (queries: Queries) => Promise<T>): Promise<T> {
    outside();
    await driver.mayWrite();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await driver.inTurn(() => runOnce(driver.prisma, (queries) => inside.run(queries, () => run(queries))));
      } catch (error) {
        if (attempt >= ATTEMPTS || !isRetryable(error)) throw translated(error);
      }
    }
  }
  return {
    kind: driver.kind, reads, writes, transaction,
    async hot<Row>(statement: Statement, params: readonly unknown[]) {
      outside();
      return await translating(() => driver.query(statement, params, "hot")) as readonly Row[];
    },
    async joining(run) {
      const open = inside.getStore();
      return open === undefined ? await transaction(run) : await open.around(() => run(open));
    },
    close: () => driver.close(),
  };
}

async function runOnce<T>(prisma: PrismaClient, run: (queries: Queries) => Promise<T>): Promise<T> {
  const failures: unknown[] = [];
  return await prisma.$transaction(async (tx) => {
    const result = await run({
      prisma: tx,
      async rows<Row>(statement: Statement, params: readonly unknown[]) {
        return await tx.$queryRawUnsafe(statement.text, ...params) as readonly Row[];
      },
      async around(call) {
        try {
          return await call();
        } catch (error) {
          failures.push(error);
          throw isRetryable(error) ? error : translated(error);
        }
      },
    });
    // PostgreSQL answers COMMIT of an aborted transaction with a silent ROLLBACK: a caught error must not pass for success.
    if (failures.length > 0) throw failures[0];
    return result;
  }, TRANSACTION);
}

/** The same object with every method run through `around`. */
export function guarded<Methods extends object>(methods: Methods, around: Queries["around"]): Methods {
  const wrapped = Object.entries(methods).map(([name, method]) => {
    if (typeof method !== "function") return [name, method] as const;
    return [name, (...args: readonly unknown[]) => around(() => Reflect.apply(method, methods, args) as Promise<unknown>)] as const;
  });
  return Object.fromEntries(wrapped) as Methods;
}
