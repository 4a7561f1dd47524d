import { expect, test as base } from "../kit/browser-test";
import { PAIRS, nameOf } from "../kit/factors";
import type { Pair } from "../kit/factors";
import { slugOf } from "../kit/factors-config";
import { World, somebody } from "../kit/factors-world";
import { signOut } from "../screens/account";
import { PluggedKey, firstSteps, hosted, missingSteps, secondSteps, sessionIn } from "./factor-walks";
import type { Walk } from "./factor-walks";

/*
 * The matrix of ../wire/matrix.test.ts once more, by a person on our own pages: a real Chromium with virtual authenticators, our mail
 * at a real mail server, a real identity provider. The pairs come from the same lists; nothing is chosen here.
 */
type Possible = Extract<Pair, { kind: "possible" }>;
const POSSIBLE = PAIRS.filter((pair): pair is Possible => pair.kind === "possible");

const test = base.extend<object, { readonly world: World }>({
  world: [
    async ({ browser: _browser }, use) => {
      const world = await World.begin(POSSIBLE.map(({ needs }) => needs));
      await use(world);
      await world.end();
    },
    { scope: "worker", timeout: 120_000 },
  ],
});
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
      world, page, server, person: somebody("", { verifies: false }),
      firstKey: await PluggedKey.plugIn(page, { verifies: first.verifies === true }), secondKey: await PluggedKey.plugIn(page, { verifies: true }),
    };
    const home = (): Promise<unknown> => page.goto(server.url("/"));
    const methods = async (): Promise<unknown> => (await sessionIn(page))?.authentication_methods.map(({ method, aal }) => [method, aal]) ?? null;
    const anotherLetterMayLeave = async (): Promise<void> => {
      if (first.needs.code === "first") await world.passSeconds(65);
    };

    await page.goto(server.url("/self-service/registration/browser"));
    await firstSteps(first).register(walk);
    await home();
    await expect(page.getByTestId("level")).toHaveAttribute("data-aal", "aal1");
    await secondSteps(second).enrol(walk);
    // An address proves nothing by being written down: Strict asks for it at once.
    expect(await methods()).toEqual(second.method === "code" ? null : [[first.method, "aal1"], [second.method, "aal2"]]);
    await home();
    await signOut(page);
    await anotherLetterMayLeave();

    await page.goto(server.url("/self-service/login/browser"));
    await firstSteps(first).signIn(walk);
    const asked = first.aal === "aal1" && second.raises;
    if (asked) {
      await expect(page.getByTestId("screen-second-factor")).toBeVisible();
      expect(await methods()).toBeNull();
      await expect(page.locator("body")).not.toContainText(walk.person.email);
    } else {
      await home();
      await expect(page.getByTestId("level")).toHaveAttribute("data-aal", first.aal);
      await page.goto(server.url(`/self-service/login/browser?aal=aal2${first.aal === "aal2" ? "&refresh=true" : ""}`));
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
    await anotherLetterMayLeave();
    await page.goto(server.url("/self-service/login/browser"));
    await firstSteps(first).signIn(walk);
    await home();
    await expect(page.getByTestId("level")).toHaveAttribute("data-aal", first.aal);
    expect(await methods()).toEqual([[first.method, first.aal]]);
  });
}
