import { expect, test } from "vitest";
import type { Node } from "../model/node";
import { say } from "./message";
import {
  clearMessages, csrfNode, hiddenNode, imgNode, inputNode, methodNode, nodeName, placeFieldMessages, sortNodes, submitNode, textNode, withFieldMessages,
  withProblems, withValues,
} from "./node";

const field = (name: string, group: Node["group"] = "default", value?: string): Node => inputNode(group, name, "text", value === undefined ? {} : { value });
const names = (nodes: readonly Node[]): string[] => nodes.map((node) => `${node.group}/${nodeName(node)}`);
const valueOf = (nodes: readonly Node[], name: string): unknown => {
  const found = nodes.find((node) => nodeName(node) === name)?.attributes;
  return found?.node_type === "input" ? found.value : undefined;
};

test("a second-step form is ordered app before recovery code, each with its button last", () => {
  const nodes = [methodNode("lookup_secret", say.continueWithLookup()), field("lookup_secret", "lookup_secret"), methodNode("totp", say.continueWithTotp()), field("totp_code", "totp"), csrfNode("x")];
  expect(names(sortNodes("login", nodes))).toEqual(["default/csrf_token", "totp/totp_code", "totp/method", "lookup_secret/lookup_secret", "lookup_secret/method"]);
});

test("settings are ordered by group, traits by their schema, the parts of the app by the contract", () => {
  const nodes = [
    field("totp_code", "totp"), textNode("totp", "totp_secret_key", say.totpSecret("X")), imgNode("totp", "totp_qr", { src: "data:", width: 256, height: 256 }),
    methodNode("totp", say.save()), field("password", "password"), methodNode("password", say.save()), methodNode("profile", say.save()),
    field("traits.name.first", "profile"), field("traits.email", "profile"), submitNode("lookup_secret", "lookup_secret_disable", "true", say.disableLookup()),
    submitNode("lookup_secret", "lookup_secret_reveal", "true", say.revealLookup()),
  ];
  expect(names(sortNodes("settings", nodes, ["traits.email", "traits.name.first"]))).toEqual([
    "profile/traits.email", "profile/traits.name.first", "profile/method", "password/password", "password/method", "lookup_secret/lookup_secret_reveal",
    "lookup_secret/lookup_secret_disable", "totp/totp_qr", "totp/totp_secret_key", "totp/totp_code", "totp/method",
  ]);
});

test("equal names are ordered by value, and sorting twice changes nothing", () => {
  const nodes = ["b@x.test", "a@x.test"].map((address) => submitNode("code", "address", address, say.sendCodeTo(address, "email")));
  const sorted = sortNodes("login", nodes);
  expect(sorted.map((node) => valueOf([node], "address"))).toEqual(["a@x.test", "b@x.test"]);
  expect(sortNodes("login", sorted)).toEqual(sorted);
});

test("messages go to their field, older ones go away, nothing is lost when there is no such field", () => {
  const old = withFieldMessages([field("totp_code", "totp"), methodNode("totp", say.save())], "totp_code", [say.totpWrong()]);
  const fresh = placeFieldMessages(old, "totp_code", [say.missing("totp_code")]);
  expect(fresh.placed).toBe(true);
  expect(fresh.nodes.flatMap((node) => node.messages.map((message) => message.id))).toEqual([4000002]);
  expect(placeFieldMessages(fresh.nodes, "nowhere", [say.totpWrong()])).toEqual({ placed: false, nodes: clearMessages(fresh.nodes) });
  expect(placeFieldMessages(old, "method", [say.totpWrong()]).placed).toBe(false);
});

test("several problems are told at once, and those without a field are handed back", () => {
  const { nodes, left } = withProblems([field("traits.email")], [
    { field: "traits.email", message: say.missing("email") }, { field: "traits.email", message: say.notEmail("x") }, { field: "traits.other", message: say.missing("other") },
  ]);
  expect(nodes[0]?.messages.map((message) => message.id)).toEqual([4000002, 4000040]);
  expect(left.map((message) => message.id)).toEqual([4000002]);
});

test("what was typed stays, secrets never do, hidden fields keep the server's value", () => {
  const form = [
    field("identifier"), field("traits.name.first"), inputNode("default", "traits.news", "checkbox", { value: false }), inputNode("password", "password", "password"),
    field("totp_code", "totp", ""), field("lookup_secret", "lookup_secret", "leftover"), field("code", "code"), hiddenNode("totp", "passkey_challenge", "server"), csrfNode("fresh"),
  ];
  const typed = { identifier: "ada", traits: { name: { first: "Ada" }, news: "true" }, password: "hunter2", totp_code: "123456", lookup_secret: "k3m9", code: "999999", passkey_challenge: "forged", csrf_token: "forged" };
  const kept = withValues(form, typed);
  expect(["identifier", "traits.name.first", "traits.news", "passkey_challenge", "csrf_token", "totp_code"].map((name) => valueOf(kept, name))).toEqual(["ada", "Ada", true, "server", "fresh", ""]);
  expect(JSON.stringify(kept)).not.toMatch(/hunter2|123456|k3m9|999999|forged|leftover/);
  expect(withValues(form, { traits: "text" })).toEqual(withValues(form, {}));
});
