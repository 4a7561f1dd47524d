import type { Transport } from "../../model/flow";
import type { JsonValue } from "../../model/identity";
import type { Message } from "../../model/message";
import type { Node } from "../../model/node";
import type { Project } from "../../model/project";
import { randomId } from "../../crypto/token";
import { providerOf } from "../../webauthn/key-name";
import type { OwnedKey } from "../../webauthn/key-record";
import { SCRIPT_INTEGRITY, SCRIPT_PATH } from "../../webauthn/script";
import { say } from "../../wire/message";
import { hiddenNode, inputNode, scriptNode, submitNode } from "../../wire/node";

/** Where the nodes go: an app gets them without script and `onclick`; the names of the calls stay (contract 5.8). */
export interface Place {
  readonly project: Project;
  readonly transport: Transport;
}

/** The field that the browser offers passkeys in. `title`: what the identity schema calls the name people sign in with. */
export function identifierNode(title: string | null): Node {
  const label = title === null ? say.identifierLabel() : say.traitLabel(title, "identifier");
  return inputNode("default", "identifier", "text", { value: "", required: true, autocomplete: "username webauthn", label });
}

/** `names`: what the person calls their passkeys; null while nobody is named, and the browser may answer from its own list, without the button. */
export function loginNodes(place: Place, options: JsonValue, names: readonly string[] | null): readonly Node[] {
  const browser = place.transport === "browser";
  const init = "oryPasskeyLoginAutocompleteInit";
  return [
    hiddenNode("passkey", "passkey_challenge", JSON.stringify({ publicKey: options })),
    ...script(place),
    inputNode("passkey", "passkey_login", "hidden", {
      value: "", ...(names === null ? { ...(browser ? { onload: `window.${init}()` } : {}), onloadTrigger: init } : {}),
    }),
    trigger(place, "passkey_login_trigger", "oryPasskeyLogin", say.signInWithPasskey(names ?? undefined)),
  ];
}

/** `displayNames`: form fields that name the new person, the likeliest first. */
export function registrationNodes(place: Place, options: JsonValue, displayNames: readonly string[]): readonly Node[] {
  const data = { credentialOptions: { publicKey: options }, displayNameFieldName: displayNames[0] ?? "", displayNameFieldNames: [...displayNames] };
  return [
    hiddenNode("passkey", "passkey_create_data", JSON.stringify(data)),
    ...script(place),
    hiddenNode("passkey", "passkey_register", ""),
    trigger(place, "passkey_register_trigger", "oryPasskeyRegistration", say.signUpWithPasskey()),
  ];
}

/** `passkey_create_data` has another shape here than at registration (contract 5.8). */
export function settingsNodes(place: Place, owned: readonly OwnedKey[], options: JsonValue, mayRemove: (owned: OwnedKey) => boolean): readonly Node[] {
  const remove = owned.map((one) => submitNode("passkey", "passkey_remove", hexOf(one.key.id), say.removePasskey({
    displayName: one.key.name, addedAt: new Date(one.key.addedAt), lastUsedAt: one.key.lastUsedAt === null ? null : new Date(one.key.lastUsedAt),
    backedUp: one.key.backupState, provider: providerOf(one.key.aaguid), cloned: one.key.clonedAt !== null,
  }), { disabled: !mayRemove(one) }));
  return [
    ...remove,
    trigger(place, "passkey_register_trigger", "oryPasskeySettingsRegistration", say.addPasskey()),
    hiddenNode("passkey", "passkey_settings_register", ""),
    hiddenNode("passkey", "passkey_create_data", JSON.stringify({ publicKey: options })),
    ...script(place),
  ];
}

/** Passkeys are named by the bytes of their id in hex where a form chooses one. */
export function hexOf(id: string): string {
  return Buffer.from(id, "base64url").toString("hex");
}

function trigger(place: Place, name: string, call: string, label: Message): Node {
  const onclick = place.transport === "browser" ? { onclick: `window.${call}()` } : {};
  return inputNode("passkey", name, "button", { value: "", ...onclick, onclickTrigger: call, label });
}

function script({ project, transport }: Place): readonly Node[] {
  if (transport === "api") return [];
  const src = `${project.config.baseUrl.replace(/\/+$/, "")}${SCRIPT_PATH}`;
  // The group is another factor's by contract 5.8: one script serves both.
  return [scriptNode("webauthn", { src, integrity: SCRIPT_INTEGRITY, nonce: randomId() })];
}
