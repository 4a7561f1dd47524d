import type { Message } from "../../model/message";
import type { Node } from "../../model/node";
import type { Project } from "../../model/project";
import type { JsonValue } from "../../model/identity";
import { randomId } from "../../crypto/token";
import { providerOf } from "../../webauthn/key-name";
import type { OwnedKey } from "../../webauthn/key-record";
import { SCRIPT_INTEGRITY, SCRIPT_PATH } from "../../webauthn/script";
import { say } from "../../wire/message";
import { hiddenNode, inputNode, methodNode, scriptNode, submitNode } from "../../wire/node";

/** The first screen of a sign-in with nothing but a key: who are you (contract 5.7)? `title`: what the schema calls that name. */
export function identifierNodes(title: string | null): readonly Node[] {
  const label = title === null ? say.identifierLabel() : say.traitLabel(title, "identifier");
  return [
    inputNode("default", "identifier", "text", { value: "", required: true, autocomplete: "username webauthn", label }),
    methodNode("webauthn", say.signInWithSecurityKey()),
  ];
}

export function loginNodes(project: Project, identifier: string, options: JsonValue, label: Message): readonly Node[] {
  return [
    hiddenNode("default", "identifier", identifier),
    script(project),
    hiddenNode("webauthn", "webauthn_login", ""),
    trigger("webauthn_login_trigger", "oryWebAuthnLogin", options, label),
  ];
}

export function registrationNodes(project: Project, options: JsonValue): readonly Node[] {
  return enrolmentNodes(project, options, say.signUpWithSecurityKey());
}

export function settingsNodes(project: Project, owned: readonly OwnedKey[], options: JsonValue, mayRemove: (owned: OwnedKey) => boolean): readonly Node[] {
  const remove = owned.map((one) => submitNode("webauthn", "webauthn_remove", hexOf(one.key.id), say.removeSecurityKey({
    displayName: one.key.name, addedAt: new Date(one.key.addedAt), lastUsedAt: one.key.lastUsedAt === null ? null : new Date(one.key.lastUsedAt),
    backedUp: one.key.backupState, provider: providerOf(one.key.aaguid), cloned: one.key.clonedAt !== null,
  }), { disabled: !mayRemove(one) }));
  return [...remove, ...enrolmentNodes(project, options, say.addSecurityKey())];
}

/** Keys are named by the bytes of their id in hex where a form chooses one. */
export function hexOf(id: string): string {
  return Buffer.from(id, "base64url").toString("hex");
}

function enrolmentNodes(project: Project, options: JsonValue, label: Message): readonly Node[] {
  return [
    inputNode("webauthn", "webauthn_register_displayname", "text", { value: "", label: say.securityKeyName() }),
    hiddenNode("webauthn", "webauthn_register", ""),
    trigger("webauthn_register_trigger", "oryWebAuthnRegistration", options, label),
    // One script serves both; where passkeys are switched on, their part of the same form brings it.
    ...(project.config.methods.passkey.enabled ? [] : [script(project)]),
  ];
}

/** `onclick` is for pages that render attributes as they are; others call the function that `onclickTrigger` names. */
function trigger(name: string, call: string, publicKey: JsonValue, label: Message): Node {
  const value = JSON.stringify({ publicKey });
  return inputNode("webauthn", name, "button", { value, onclick: `window.${call}(${asScript(value)})`, onclickTrigger: call, label });
}

/** The same JSON for a script that stands in an attribute: no letter of a name ends the attribute or the tag, however a page puts it there (T40). */
function asScript(json: string): string {
  return json.replace(/[<>&'\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function script(project: Project): Node {
  const src = `${project.config.baseUrl.replace(/\/+$/, "")}${SCRIPT_PATH}`;
  return scriptNode("webauthn", { src, integrity: SCRIPT_INTEGRITY, nonce: randomId() });
}
