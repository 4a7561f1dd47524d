import { expect, test } from "vitest";
import { minutesOf, wholeOf } from "@/app/console/projects/[slug]/form-fields";
import { readTwoFactorForm } from "@/app/console/projects/[slug]/two-factor/form";
import { translator } from "@/lib/i18n/text";

test("a time is a decimal of a second to ten years, and nothing else that looks like a number", () => {
  expect(["", "15", "0,5", ".5", "1.0833333333333333"].map(minutesOf)).toEqual([null, 15, 0.5, 0.5, 65 / 60]);
  for (const typed of ["0", "-1", "0.001", "1e999", "1e3", "0x10", "Infinity", "99999999", "ten"]) expect(minutesOf(typed), typed).toBeNaN();
  expect(["7", "", "-7", "99999999999", "7abc"].map(wholeOf)).toEqual([7, 0, 0, 0, 0]);
});

test("an operation that is typed twice is told, and both rows come back", () => {
  const form = new FormData();
  for (const level of ["aal2", "aal1"]) {
    form.append("operation_name", "payment.create");
    form.append("operation_level", level);
    form.append("operation_minutes", "");
    form.append("operation_methods", "");
  }
  const { faults, choices } = readTwoFactorForm(form, translator("en"));
  expect(faults).toEqual(["payment.create stands twice in the list; which rule should win?"]);
  expect(choices.operations.map(({ level }) => level)).toEqual(["aal2", "aal1"]);
});
