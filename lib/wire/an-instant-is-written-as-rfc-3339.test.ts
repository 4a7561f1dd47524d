import fc from "fast-check";
import { expect, test } from "vitest";
import { rfc3339 } from "./message";

test("an instant is written as the calendar says, and its fraction only where it has one", () => {
  fc.assert(fc.property(fc.date({ noInvalidDate: true }), (at) => {
    expect(rfc3339(at)).toBe(at.toISOString().replace(".000Z", "Z"));
  }));
  expect(rfc3339(new Date("2026-07-01T10:00:00Z"))).toBe("2026-07-01T10:00:00Z");
  expect(rfc3339(new Date("1969-12-31T23:59:59.007Z"))).toBe("1969-12-31T23:59:59.007Z");
  expect(() => rfc3339(new Date(Number.NaN))).toThrow(RangeError);
});
