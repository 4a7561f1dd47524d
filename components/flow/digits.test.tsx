import { expect, test } from "vitest";
import { toDigits } from "./digits";

test.each([
  ["123 456", "123456"],
  ["012345", "012345"],
  ["Your code is 123456.", "123456"],
  ["١٢٣٤٥٦", "123456"],
  ["۰۱۲۳۴۵", "012345"],
  ["１２３４５６", "123456"],
  ["", ""],
])("a code typed as %j is read as %j", (typed, digits) => {
  expect(toDigits(typed)).toBe(digits);
});
