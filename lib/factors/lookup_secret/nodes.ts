import type { LookupCredential } from "../../model/credential";
import type { Message } from "../../model/message";
import type { Node } from "../../model/node";
import { say } from "../../wire/message";
import { inputNode, methodNode, submitNode, textNode } from "../../wire/node";
import { unusedCodes } from "./codes";

const GROUP = "lookup_secret";

export function loginNodes(): readonly Node[] {
  return [
    inputNode(GROUP, "lookup_secret", "text", { value: "", required: true, label: say.lookupCodeLabel() }),
    methodNode(GROUP, say.continueWithLookup()),
  ];
}

/** Nobody has codes yet (contract 5.6). */
export function emptyNodes(): readonly Node[] {
  return [regenerateNode()];
}

/** A set whose codes can be shown again. */
export function revealableNodes(): readonly Node[] {
  return [submitNode(GROUP, "lookup_secret_reveal", "true", say.revealLookup()), disableNode()];
}

/** A set that was seen once: how many are left, and when each of the others was used (J2). */
export function hashedNodes(set: LookupCredential): readonly Node[] {
  const left = unusedCodes(set).length;
  return [
    textNode(GROUP, "lookup_secret_left", say.lookupLeft(left, set.codes.length, usedMessages(set))),
    regenerateNode(),
    disableNode(),
  ];
}

/** All codes of a set, used ones by the day of their use. `clear` is in the set's own order. */
export function revealedNodes(set: LookupCredential, clear: readonly string[]): readonly Node[] {
  const entries = set.codes.map((code, index) =>
    code.usedAt === null ? say.lookupCode(clear[index] ?? "") : say.lookupCodeUsed(code.usedAt));
  return [codesNode(entries), disableNode(), regenerateNode()];
}

/**
 * New codes, not stored yet. Beside the wire's button there is a field for one of them, by its number: Rung's own page
 * asks for it, a client that knows only the button leaves it empty.
 */
export function pendingNodes(clear: readonly string[], confirmPosition: number): readonly Node[] {
  return [
    codesNode(clear.map((code) => say.lookupCode(code))),
    inputNode(GROUP, "lookup_secret_confirm_code", "text", { label: say.lookupConfirmCodeLabel(confirmPosition + 1) }),
    submitNode(GROUP, "lookup_secret_confirm", "true", say.confirmLookup()),
  ];
}

function codesNode(entries: readonly Message[]): Node {
  return textNode(GROUP, "lookup_secret_codes", say.lookupCodes(entries), say.lookupCodesLabel());
}

function regenerateNode(): Node {
  return submitNode(GROUP, "lookup_secret_regenerate", "true", say.regenerateLookup());
}

function disableNode(): Node {
  return submitNode(GROUP, "lookup_secret_disable", "true", say.disableLookup());
}

function usedMessages(set: LookupCredential): readonly Message[] {
  return set.codes.flatMap((code) => (code.usedAt === null ? [] : [say.lookupCodeUsed(code.usedAt)]));
}
