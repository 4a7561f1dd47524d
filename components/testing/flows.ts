import type { FlowView } from "@/components/flow/flow-view";
import type { LastUsed } from "@/lib/model/last-used";
import type { Message } from "@/lib/model/message";
import type { Node } from "@/lib/model/node";
import { say } from "@/lib/wire/message";
import { anchorNode, hiddenNode, imgNode, inputNode, methodNode, submitNode, textNode } from "@/lib/wire/node";

/* Flows by hand, as contract part 5 has them: what the screens must be able to show. */

export const OPTIONS = JSON.stringify({ publicKey: { challenge: "cXVpY2tmb3g", rpId: "app.example.test", allowCredentials: [{ type: "public-key", id: "Zm9v" }] } });
export const CREATION = {
  publicKey: {
    challenge: "cXVpY2tmb3g", rp: { id: "app.example.test", name: "Acme" }, user: { id: "dXNlcg", name: "ada@example.test", displayName: "Ada" },
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  },
};

/** A browser in which nobody signed in yet. */
export const NOTHING_USED: LastUsed = { first: null, provider: null, second: null };

interface FlowParts {
  readonly nodes: readonly Node[];
  readonly messages?: readonly Message[];
  readonly state?: string;
  readonly kind?: "login" | "registration" | "settings" | "recovery" | "verification";
  readonly aal?: "aal1" | "aal2";
  readonly refresh?: boolean;
  readonly query?: string;
  readonly identity?: NonNullable<FlowView["identity"]>;
}
export function flowOf({ nodes, messages = [], state = "choose_method", kind = "login", aal = "aal1", refresh = false, query = "", identity }: FlowParts): FlowView {
  return {
    id: "c1a6b8c2-6f0d-4d7e-9f6e-3a0a1f5f1c11", state, request_url: `https://app.example.test/self-service/${kind}/browser${query}`,
    ui: {
      action: `https://app.example.test/self-service/${kind}?flow=c1a6b8c2-6f0d-4d7e-9f6e-3a0a1f5f1c11`, method: "POST",
      nodes: [hiddenNode("default", "csrf_token", "token", { required: true }), ...nodes], ...(messages.length > 0 && { messages }),
    },
    ...(kind === "login" && { requested_aal: aal, refresh }), ...(identity !== undefined && { identity }),
  };
}

const identifier = (): Node => inputNode("default", "identifier", "text", { value: "", required: true, autocomplete: "username webauthn", label: say.identifierLabel() });
const password = (): readonly Node[] => [
  inputNode("password", "password", "password", { required: true, autocomplete: "current-password", label: say.passwordLabel() }), methodNode("password", say.signInWithPassword()),
];
export const passkeyNodes = (): readonly Node[] => [
  hiddenNode("passkey", "passkey_challenge", OPTIONS), hiddenNode("passkey", "passkey_login", ""),
  inputNode("passkey", "passkey_login_trigger", "button", { value: "", onclickTrigger: "oryPasskeyLogin", label: say.signInWithPasskey() }),
];
export const keyNodes = (): readonly Node[] => [
  hiddenNode("default", "identifier", "ada@example.test"), hiddenNode("webauthn", "webauthn_login", ""),
  inputNode("webauthn", "webauthn_login_trigger", "button", { value: OPTIONS, onclickTrigger: "oryWebAuthnLogin", label: say.signInWithSecurityKey() }),
];
export const socialNodes = (): readonly Node[] => [
  submitNode("oidc", "provider", "google", say.signInWithProvider({ provider: "Google", providerId: "google" })),
  submitNode("oidc", "provider", "acme", say.signInWithProvider({ provider: "Acme ID", providerId: "acme" })),
];
export const totpNodes = (): readonly Node[] => [
  inputNode("totp", "totp_code", "text", { required: true, value: "", label: say.totpCodeLabel() }), methodNode("totp", say.continueWithTotp()),
];
const sentCode = (label: Message): readonly Node[] => [
  hiddenNode("code", "method", "code"), inputNode("code", "code", "text", { required: true, autocomplete: "one-time-code", label }),
  methodNode("code", say.continue()), submitNode("code", "resend", "code", say.resendCode()),
];

export const LOGIN = {
  everything: flowOf({ nodes: [...socialNodes(), identifier(), methodNode("webauthn", say.signInWithSecurityKey()), ...passkeyNodes(), methodNode("code", say.sendLoginCode()), ...password()], query: "?return_to=%2Forders" }),
  passwordWrong: flowOf({ nodes: [identifier(), ...password()], messages: [say.wrongCredentials()] }),
  identifier: flowOf({ nodes: [inputNode("identifier_first", "identifier", "text", { required: true, autocomplete: "username webauthn", label: say.identifierLabel() }), methodNode("identifier_first", say.continue()), ...passkeyNodes(), ...socialNodes()] }),
  method: flowOf({ nodes: [hiddenNode("default", "identifier", "ada@example.test"), ...password(), methodNode("code", say.sendLoginCode()), ...passkeyNodes()] }),
  codeOnly: flowOf({ nodes: [identifier(), methodNode("code", say.sendLoginCode())] }),
  codeSent: flowOf({ state: "sent_email", nodes: [hiddenNode("default", "identifier", "ada@example.test"), ...sentCode(say.loginCodeLabel())], messages: [say.loginCodeSent()] }),
  codeWrong: flowOf({ state: "sent_email", nodes: [hiddenNode("default", "identifier", "+491701234567"), ...sentCode(say.loginCodeLabel())], messages: [say.loginCodeWrong()] }),
  link: flowOf({
    nodes: [identifier(), ...password(), ...passkeyNodes()],
    messages: [say.signInLinks({ duplicateIdentifier: "ada@example.test", provider: "Google", newLoginUrl: "https://app.example.test/login", availableCredentialTypes: ["password"], availableProviders: [] })],
  }),
  keyReady: flowOf({ nodes: keyNodes(), messages: [say.prepareSecurityKey()] }),
  unknownPasskey: flowOf({ nodes: [identifier(), ...passkeyNodes()], messages: [say.securityKeyWrong({ credentialId: "Zm9v", rpId: "app.example.test" })] }),
  refreshPasskey: flowOf({ refresh: true, nodes: [hiddenNode("default", "identifier", "ada@example.test"), ...passkeyNodes()], messages: [say.pleaseConfirm()] }),
  refreshAll: flowOf({ refresh: true, nodes: [hiddenNode("default", "identifier", "ada@example.test"), ...password(), ...passkeyNodes(), ...socialNodes()], messages: [say.pleaseConfirm()] }),
  refreshCode: flowOf({ refresh: true, nodes: [submitNode("code", "address", "ada@example.test", say.sendCodeTo("ada@example.test", "email"))], messages: [say.pleaseConfirm()] }),
  nothing: flowOf({ nodes: [], messages: [say.noMethods()] }),
} as const;

export const SECOND = {
  key: flowOf({ aal: "aal2", nodes: [...keyNodes(), ...totpNodes()], messages: [say.secondStepNeeded()] }),
  passkey: flowOf({ aal: "aal2", nodes: [...passkeyNodes(), ...keyNodes()], messages: [say.secondStepNeeded()] }),
  totp: flowOf({ aal: "aal2", nodes: totpNodes(), messages: [say.totpWrong()] }),
  addresses: flowOf({
    aal: "aal2", messages: [say.secondStepNeeded()],
    nodes: [...totpNodes(), submitNode("code", "address", "ada@example.test", say.sendCodeTo("ada@example.test", "email")), submitNode("code", "address", "+491701234567", say.sendCodeTo("+491701234567", "sms"))],
  }),
  smsOnly: flowOf({ aal: "aal2", nodes: [submitNode("code", "address", "+491701234567", say.sendCodeTo("+491701234567", "sms"))] }),
  codeSent: flowOf({
    aal: "aal2", state: "sent_email", query: "?aal=aal2&return_to=%2Fpayment", messages: [say.codeSentToKnown()],
    nodes: [inputNode("code", "identifier", "hidden", { value: "+491701234567", label: say.sendCodeTo("+491701234567", "sms") }), ...sentCode(say.loginCodeLabel())],
  }),
} as const;

const traits = (type: "email" | "hidden" = "email"): Node => inputNode("default", "traits.email", type, { value: type === "hidden" ? "ada@example.test" : "", required: true, label: say.traitLabel("E-Mail", "traits.email") });
const newPasskey = (): readonly Node[] => [
  hiddenNode("passkey", "passkey_create_data", JSON.stringify({ credentialOptions: CREATION, displayNameFieldName: "traits.email", displayNameFieldNames: ["traits.email"] })), hiddenNode("passkey", "passkey_register", ""),
  inputNode("passkey", "passkey_register_trigger", "button", { value: "", label: say.signUpWithPasskey() }),
];
const newKey = (): readonly Node[] => [
  inputNode("webauthn", "webauthn_register_displayname", "text", { value: "", label: say.securityKeyName() }), hiddenNode("webauthn", "webauthn_register", ""),
  inputNode("webauthn", "webauthn_register_trigger", "button", { value: JSON.stringify(CREATION), label: say.signUpWithSecurityKey() }),
];
const newPassword = (): readonly Node[] => [inputNode("password", "password", "password", { required: true, autocomplete: "new-password", label: say.passwordLabel() }), methodNode("password", say.signUp())];
const signUpWith = (): Node => submitNode("oidc", "provider", "google", say.signUpWithProvider({ provider: "Google", providerId: "google" }));

export const REGISTRATION = {
  unified: flowOf({ kind: "registration", nodes: [signUpWith(), traits(), ...newPasskey(), ...newKey(), methodNode("code", say.sendRegistrationCode()), ...newPassword()] }),
  profile: flowOf({ kind: "registration", nodes: [signUpWith(), traits(), methodNode("profile", say.signUp())] }),
  credentials: flowOf({ kind: "registration", messages: [say.chooseCredential()], nodes: [traits("hidden"), ...newPasskey(), methodNode("code", say.sendRegistrationCode()), ...newPassword(), submitNode("profile", "screen", "previous", say.registrationBack())] }),
  codeSent: flowOf({ kind: "registration", state: "sent_email", messages: [say.registrationCodeSent()], nodes: [traits("hidden"), ...sentCode(say.registrationCodeLabel())] }),
  provider: flowOf({ kind: "registration", messages: [], nodes: [traits(), submitNode("oidc", "provider", "google", say.signUpContinue())] }),
} as const;

const ADDED = new Date("2026-06-01T10:00:00Z");
export const HEX = "666f6f";
const settings = (nodes: readonly Node[], parts: Partial<FlowParts> = {}): FlowView => flowOf({ kind: "settings", state: "show_form", nodes, ...parts });
const addKey = (): readonly Node[] => [
  inputNode("webauthn", "webauthn_register_displayname", "text", { value: "", label: say.securityKeyName() }), hiddenNode("webauthn", "webauthn_register", ""),
  inputNode("webauthn", "webauthn_register_trigger", "button", { value: JSON.stringify(CREATION), label: say.addSecurityKey() }),
];
const addPasskey = (): readonly Node[] => [
  hiddenNode("passkey", "passkey_create_data", JSON.stringify(CREATION)), hiddenNode("passkey", "passkey_settings_register", ""),
  inputNode("passkey", "passkey_register_trigger", "button", { value: "", label: say.addPasskey() }),
];
const enrolTotp = (): readonly Node[] => [
  imgNode("totp", "totp_qr", { src: "data:image/png;base64,AA==", width: 256, height: 256 }, say.totpQr()), textNode("totp", "totp_secret_key", say.totpSecret("JBSWY3DPEHPK3PXP"), say.totpSecretLabel()),
  inputNode("totp", "totp_code", "text", { required: true, label: say.verifyCodeLabel() }), methodNode("totp", say.save()),
];

export const SETTINGS = {
  fresh: settings([...addKey(), ...addPasskey(), ...enrolTotp(), submitNode("oidc", "link", "google", say.linkProvider("Google"))], {
    identity: { verifiable_addresses: [{ id: "a1", value: "ada@example.test", via: "email", verified: false }, { id: "a2", value: "+491701234567", via: "sms", verified: true }] },
  }),
  full: settings([
    submitNode("webauthn", "webauthn_remove", HEX, say.removeSecurityKey({ displayName: "Key ring", addedAt: ADDED, lastUsedAt: ADDED, backedUp: false, provider: "YubiKey 5" })),
    submitNode("webauthn", "webauthn_remove", "626172", say.removeSecurityKey({ displayName: "Drawer", addedAt: ADDED, cloned: true })), ...addKey(),
    submitNode("passkey", "passkey_remove", "62617a", say.removePasskey({ displayName: "iCloud Keychain", addedAt: ADDED, backedUp: true }), { disabled: true }), ...addPasskey(),
    submitNode("oidc", "unlink", "google", say.unlinkProvider("Google")), submitNode("oidc", "link", "acme", say.linkProvider("Acme ID")),
    submitNode("totp", "totp_unlink", "true", say.unlinkTotp(), { required: true }),
  ], { state: "success", messages: [say.changesSaved()] }),
  recovered: settings([...addKey()], { messages: [say.recovered(new Date("2026-07-01T10:15:00Z"))] }),
} as const;

const mail = (): readonly Node[] => [inputNode("code", "email", "email", { required: true, label: say.emailLabel() }), methodNode("code", say.continue())];
const mailCode = (label: Message): readonly Node[] => [
  inputNode("code", "code", "text", { required: true, pattern: "[0-9]+", maxlength: 6, label }), hiddenNode("code", "method", "code"), methodNode("code", say.continue()),
  submitNode("code", "email", "ada@example.test", say.resendCode()),
];
export const RECOVERY = {
  ask: flowOf({ kind: "recovery", nodes: mail() }),
  sent: flowOf({ kind: "recovery", state: "sent_email", nodes: mailCode(say.recoveryCodeLabel()), messages: [say.recoveryCodeSent()] }),
  over: flowOf({ kind: "recovery", state: "sent_email", nodes: [], messages: [say.generic("flow_exhausted")] }),
  wrong: flowOf({ kind: "recovery", state: "sent_email", nodes: mailCode(say.recoveryCodeLabel()), messages: [say.recoveryCodeWrong()] }),
  given: flowOf({
    kind: "recovery", state: "sent_email",
    nodes: [inputNode("code", "code", "text", { required: true, pattern: "[0-9]+", maxlength: 6, label: say.recoveryCodeLabel() }), methodNode("code", say.continue())],
  }),
  link: flowOf({ kind: "recovery", state: "sent_email", nodes: [hiddenNode("link", "token", "ory_rl_x"), submitNode("link", "method", "link", say.continue())] }),
} as const;
export const VERIFICATION = {
  ask: flowOf({ kind: "verification", nodes: mail() }),
  sent: flowOf({ kind: "verification", state: "sent_email", nodes: mailCode(say.verificationCodeLabel()), messages: [say.verificationCodeSent()] }),
  sentByText: flowOf({ kind: "verification", state: "sent_email", nodes: mailCode(say.verificationCodeLabel()), messages: [say.verificationTextSent()] }),
  done: flowOf({ kind: "verification", state: "passed_challenge", nodes: [anchorNode("code", "continue", "https://app.example.test/settings", say.continue())], messages: [say.emailVerified()] }),
} as const;
