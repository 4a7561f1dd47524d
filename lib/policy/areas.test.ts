import { expect, test } from "vitest";
import { areaOfPath } from "./areas";
import type { Screens } from "./areas";

const flow = (uiUrl: string) => ({ uiUrl });
function screens(settings: string, ...prefixes: readonly string[]): Screens {
  return {
    baseUrl: "https://app.example", errorUiUrl: "/account/oops", addressBackUrl: "https://app.example/address-back",
    flows: { login: flow("/login"), registration: flow("/registration"), settings: flow(settings), recovery: flow("/account/lost"), verification: flow("https://else.example/admin") },
    policy: { protectedPaths: prefixes.map((prefix) => ({ prefix, requirement: { aal: "aal2" } })) },
  };
}
const SETTINGS = { kind: "settings" };
const path = (pathname: string) => ({ kind: "path", pathname });

test("what lies below the settings screen is guarded as settings, whatever rule covers the screen itself", () => {
  for (const at of ["/account", "/account/", "/account/keys", "//account/%6beys"]) {
    for (const rules of [[], ["/"], ["/account"], ["/account/"]]) expect([at, areaOfPath(at, screens("/account", ...rules))]).toEqual([at, SETTINGS]);
  }
});

test("a rule that was made for a place below the settings screen holds there and nowhere else", () => {
  const config = screens("/account", "/", "/account", "/account/payout");
  for (const at of ["/account/payout", "/account/payout/new", "/account/%70ayout"]) expect(areaOfPath(at, config)).toEqual(path(at));
  for (const at of ["/account", "/account/keys", "/account/payouts"]) expect(areaOfPath(at, config)).toEqual(SETTINGS);
});

test("ways in are open also where they lie below the settings screen or below a rule", () => {
  const config = screens("/account", "/", "/account/lost", "/account/oops", "/login");
  for (const at of ["/login", "/registration", "/account/lost", "/account/oops", "/address-back"]) expect(areaOfPath(at, config)).toEqual({ ...path(at), wayIn: true });
  for (const at of ["/login/x", "/account/lost/x"]) expect(areaOfPath(at, config)).toEqual(path(at));
});

test("screens elsewhere are no paths of ours", () => {
  expect(areaOfPath("/admin", screens("/account", "/admin"))).toEqual(path("/admin"));
  expect(areaOfPath("/settings", screens("https://else.example/settings", "/settings"))).toEqual(path("/settings"));
});
