import { PGlite, type Transaction as PGliteTx } from "@electric-sql/pglite";
import {
  DriverAdapterError, type SqlDriverAdapter, type SqlMigrationAwareDriverAdapterFactory, type Transaction,
} from "@prisma/driver-adapter-utils";
import { PrismaPGlite } from "pglite-prisma-adapter";

/*
 * pglite-prisma-adapter 0.7.2 with two of its promises kept: a script is awaited and its error reported, and a COMMIT
 * that failed (a full disk, an aborted transaction) is an error. As published it swallows both.
 */

/** An adapter over one transaction or the whole database: the package only ever calls `query` on what it is given. */
function overQueryable(client: Pick<PGlite, "query">): Promise<SqlDriverAdapter> {
  return new PrismaPGlite(client as PGlite).connect();
}

function asDriverError(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  return new DriverAdapterError({
    kind: "postgres", code: error.code, severity: "ERROR", message: error.message, detail: undefined, column: undefined, hint: undefined,
  });
}

interface Deferred<T> {
  readonly settled: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** Promise.withResolvers, which Node 20 does not have. */
function deferred<T>(): Deferred<T> {
  const holder: { resolve?: (value: T) => void; reject?: (reason: unknown) => void } = {};
  const settled = new Promise<T>((resolve, reject) => {
    holder.resolve = resolve;
    holder.reject = reject;
  });
  return { settled, resolve: (value) => holder.resolve?.(value), reject: (reason) => holder.reject?.(reason) };
}

async function begin(client: PGlite): Promise<Transaction> {
  const end = deferred<void>();
  const opened = deferred<PGliteTx>();
  const finished = client.transaction(async (tx) => {
    opened.resolve(tx);
    await end.settled;
  });
  finished.catch(opened.reject);
  const tx = await opened.settled;
  return {
    ...await boundTo(tx),
    options: { usePhantomQuery: true },
    async commit() {
      end.resolve(undefined);
      await finished.catch((error: unknown) => {
        throw asDriverError(error);
      });
    },
    async rollback() {
      await tx.rollback();
      end.resolve(undefined);
      await finished;
    },
    createSavepoint: async (name) => void (await tx.exec(`SAVEPOINT ${name}`)),
    rollbackToSavepoint: async (name) => void (await tx.exec(`ROLLBACK TO SAVEPOINT ${name}`)),
    releaseSavepoint: async (name) => void (await tx.exec(`RELEASE SAVEPOINT ${name}`)),
  };
}

async function boundTo(client: Pick<PGlite, "query">): Promise<Pick<SqlDriverAdapter, "provider" | "adapterName" | "queryRaw" | "executeRaw">> {
  const adapter = await overQueryable(client);
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: (query) => adapter.queryRaw(query),
    executeRaw: (query) => adapter.executeRaw(query),
  };
}

async function connect(client: PGlite, dispose: () => Promise<void>): Promise<SqlDriverAdapter> {
  return {
    ...await boundTo(client),
    async executeScript(script) {
      await client.exec(script).catch((error: unknown) => {
        throw asDriverError(error);
      });
    },
    startTransaction: () => begin(client),
    getConnectionInfo: () => ({ supportsRelationJoins: true }),
    dispose,
  };
}

/** The driver adapter factory Prisma is given over the embedded database. The caller closes `client`. */
export function pgliteAdapter(client: PGlite): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: "postgres",
    adapterName: "rung-pglite",
    connect: () => connect(client, async () => undefined),
    async connectToShadowDb() {
      const shadow = await PGlite.create();
      return await connect(shadow, () => shadow.close());
    },
  };
}
