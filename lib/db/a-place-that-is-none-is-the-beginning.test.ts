import { expect, it } from "vitest";
import { timeKey } from "./page-key";

const ID = "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f";

it("an instant that no column holds, and an id that is none, begin at the beginning", () => {
  for (const text of ["9999-12-31T23:59:59-23:59", "+275760-09-13T00:00:00.000Z", "-000001-01-01T00:00:00Z", "x"]) expect(timeKey([text, ID]), text).toEqual(timeKey(null));
  expect(timeKey(["2026-03-01T09:00:00.000Z", "me"])).toEqual(timeKey(null));
  expect(timeKey(["2026-03-01T09:00:00.000Z", ID])).toEqual(["2026-03-01T09:00:00.000Z", ID]);
});
