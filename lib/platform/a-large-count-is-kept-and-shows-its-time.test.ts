import { expect, test } from "vitest";
import { keptCounts } from "./kept-counts";

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 10, minute));

/** What was told to promises has arrived. */
const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** A count that ends when it is told to, having looked at so many. */
function counter(looked: number) {
  const logged: unknown[] = [];
  const counts = keptCounts<number>({ error: (...line: readonly unknown[]) => { logged.push(line[0]); } });
  const waiting: { readonly end: (value: number) => void; readonly fail: () => void; readonly progress: (done: number) => void }[] = [];
  const read = (minute: number, patienceMs?: number) => counts.read({
    key: "people", now: at(minute), large: 20_000, ...(patienceMs === undefined ? {} : { patienceMs }),
    count: (progress) => new Promise<number>((resolve, reject) => { waiting.push({ end: (value) => { progress(looked); resolve(value); }, fail: () => reject(new Error("no database")), progress }); }),
  });
  return { read, waiting, logged, end: (index: number, value: number) => waiting[index]?.end(value) };
}

test("a small project is counted at every request", async () => {
  const { read, waiting, end } = counter(19_999);
  const first = read(0);
  end(0, 5);
  expect(await first).toEqual({ kind: "known", at: at(0), value: 5 });
  const second = read(0);
  end(1, 6);
  expect([await second, waiting.length]).toEqual([{ kind: "known", at: at(0), value: 6 }, 2]);
});

test("a large one is counted once, whoever asks meanwhile, and stands with its time", async () => {
  const { read, waiting, end } = counter(20_000);
  const both = [read(0), read(0)];
  end(0, 1_000_000);
  const known = { kind: "known", at: at(0), value: 1_000_000 };
  expect(await Promise.all(both)).toEqual([known, known]);
  expect([await read(4), waiting.length]).toEqual([known, 1]);
});

test("an older one is shown while it is counted again; after an hour it is not shown any more", async () => {
  const { read, waiting, end } = counter(20_000);
  const first = read(0);
  end(0, 1);
  await first;
  expect([await read(6), waiting.length]).toEqual([{ kind: "known", at: at(0), value: 1 }, 2]);
  end(1, 2);
  await settled();
  expect(await read(7)).toMatchObject({ at: at(6), value: 2 });
  const late = read(80);
  expect(waiting).toHaveLength(3);
  end(2, 3);
  expect(await late).toEqual({ kind: "known", at: at(80), value: 3 });
});

test("whoever will not wait is told how far it is, and the count goes on", async () => {
  const { read, waiting, end } = counter(20_000);
  const impatient = read(0, 0);
  waiting[0]?.progress(340_000);
  expect(await impatient).toEqual({ kind: "counting", done: 340_000 });
  const next = read(1, 60_000);
  end(0, 9);
  expect([await next, waiting.length]).toEqual([{ kind: "known", at: at(0), value: 9 }, 1]);
});

test("what nobody waited for is known to whoever asks next, however few of those who were looked at count", async () => {
  const { read, waiting, end } = counter(20_000);
  const impatient = read(0, 0);
  waiting[0]?.progress(20_000);
  expect(await impatient).toEqual({ kind: "counting", done: 20_000 });
  end(0, 3);
  await settled();
  expect([await read(1, 0), waiting.length]).toEqual([{ kind: "known", at: at(0), value: 3 }, 1]);
});

test("a small project is waited for, however slow the machine", async () => {
  const { read, waiting, end } = counter(19_999);
  const patient = read(0, 0);
  waiting[0]?.progress(19_999);
  await new Promise((resolve) => { setTimeout(resolve, 5); });
  end(0, 19_999);
  expect(await patient).toEqual({ kind: "known", at: at(0), value: 19_999 });
});

test("a count that broke is begun again, and a refresh that broke leaves what was shown", async () => {
  const { read, waiting, logged, end } = counter(20_000);
  const broken = read(0);
  waiting[0]?.fail();
  await expect(broken).rejects.toThrow("no database");
  expect(logged).toEqual([]);
  const again = read(0);
  end(1, 7);
  expect(await again).toMatchObject({ value: 7 });
  expect(await read(6)).toMatchObject({ at: at(0) });
  waiting[2]?.fail();
  await settled();
  expect(await read(6, 0)).toEqual({ kind: "known", at: at(0), value: 7 });
  expect(logged).toMatchObject([{ count: "people", err: new Error("no database") }]);
  // The one who was shown the old value has begun the next try.
  expect(waiting).toHaveLength(4);
  end(3, 8);
  await settled();
  expect(await read(7, 0)).toEqual({ kind: "known", at: at(6), value: 8 });
});

test("what broke while nobody waited is logged, and told to the next who asks; the one after begins anew", async () => {
  const { read, waiting, logged, end } = counter(20_000);
  const impatient = async (minute: number) => {
    const asked = read(minute, 0);
    waiting.at(-1)?.progress(20_000);
    return (await asked).kind;
  };
  expect(await impatient(0)).toBe("counting");
  waiting[0]?.fail();
  await settled();
  await expect(read(1, 0)).rejects.toThrow("no database");
  expect([logged.length, waiting.length, await impatient(2), waiting.length]).toEqual([1, 1, "counting", 2]);
  waiting[1]?.fail();
  await settled();
  // An hour later it is no news, and whoever waits to the end learns what is so now.
  expect([await impatient(62), waiting.length]).toEqual(["counting", 3]);
  waiting[2]?.fail();
  await settled();
  const patient = read(63);
  end(3, 5);
  expect([await patient, logged.length]).toEqual([{ kind: "known", at: at(63), value: 5 }, 3]);
  expect((await read(64, 0)).kind).toBe("known");
});
