import { expect, test } from "../kit/factors-fixtures";
import { PAIRS, nameOf } from "../kit/factors";
import type { Pair } from "../kit/factors";
import { slugOf } from "../kit/factors-config";
import { somebody } from "../kit/factors-world";
import { signOut, visit } from "../screens/account";
import { PluggedKey, firstSteps, hosted, missingSteps, secondSteps, sessionIn } from "./factor-walks";
import type { Walk } from "./factor-walks";

/*
 * The matrix of ../wire/matrix.test.ts once more, by a person on our own pages: a real Chromium with virtual authenticators, our mail
 * at a real mail server, a real identity provider. The pairs come from the same lists; nothing is chosen here.
 */
type Possible = Extract<Pair, { kind: "possible" }>;
const POSSIBLE = PAIRS.filter((pair): pair is Possible => pair.kind === "possible");

test.describe.configure({ mode: "parallel" });

test("every factor of the wire's lists can be walked on the screens", () => {
  expect(missingSteps()).toEqual([]);
});

for (const { first, second, needs } of POSSIBLE) {
  test(nameOf({ kind: "possible", first, second, needs }), async ({ world, newBrowser }) => {
    const host = `${slugOf(needs)}.localhost`;
    const page = await newBrowser();
    const server = hosted(world, host);
    const walk: Walk = {
      world, page, server, person: somebody(""), firstKey: await PluggedKey.plugIn(page), secondKey: await PluggedKey.plugIn(page), before: { mail: 0, text: 0 },
    };
    const home = (): Promise<void> => visit(page, server.url("/"));
    const methods = async (): Promise<unknown> => (await sessionIn(page))?.authentication_methods.map(({ method, aal }) => [method, aal]) ?? null;
    /** The pause between two codes to one address is over (lane L5). */
    const aMinuteLater = async (...codes: readonly { readonly method: string }[]): Promise<void> => {
      if (codes.some(({ method }) => method === "code")) await world.passSeconds(65);
      walk.before.mail = world.mail.mails.length;
      walk.before.text = world.sms.texts.length;
    };

    await visit(page, server.url("/self-service/registration/browser"));
    await firstSteps(first).register(walk);
    await home();
    await expect(page.getByTestId("level")).toHaveAttribute("data-aal", "aal1");
    await secondSteps(second).enrol(walk);
    // An address proves nothing by being written down: Strict asks for it at once.
    expect(await methods()).toEqual(second.method === "code" ? null : [[first.method, "aal1"], [second.method, "aal2"]]);
    await home();
    await signOut(page);
    await aMinuteLater(first, second);

    await visit(page, server.url("/self-service/login/browser"));
    await firstSteps(first).signIn(walk);
    const asked = first.aal === "aal1" && second.raises;
    if (asked) {
      await expect(page.getByTestId("screen-second-factor")).toBeVisible();
      expect(await methods()).toBeNull();
      await expect(page.locator("body")).not.toContainText(walk.person.email);
    } else {
      await home();
      await expect(page.getByTestId("level")).toHaveAttribute("data-aal", first.aal);
      await visit(page, server.url(`/self-service/login/browser?aal=aal2${first.aal === "aal2" ? "&refresh=true" : ""}`));
    }
    const way = page.getByTestId("another-way").locator(`a[href*="method=${second.method}"]`);
    if (await way.count() > 0) {
      await page.getByTestId("another-way").locator("summary").click();
      await way.click();
    }
    await secondSteps(second).prove(walk);
    await home();
    await expect(page.getByTestId("level")).toHaveAttribute("data-aal", "aal2");
    expect(await methods()).toEqual([[first.method, first.aal], [second.method, "aal2"]]);

    await secondSteps(second).remove(walk);
    await home();
    await signOut(page);
    await aMinuteLater(first);
    await visit(page, server.url("/self-service/login/browser"));
    await firstSteps(first).signIn(walk);
    await home();
    await expect(page.getByTestId("level")).toHaveAttribute("data-aal", first.aal);
    expect(await methods()).toEqual([[first.method, first.aal]]);
  });
}
