import type { Translator } from "@/lib/i18n/text";
import type { MethodFacts } from "@/lib/model/console";
import type { MethodsWords } from "./methods-form";

/** All words of the form of factors, with what stands in the way of each. */
export function methodsWords({ owners, rpId, senders, providers }: MethodFacts, text: Translator): MethodsWords {
  const { t } = text;
  const card = (key: keyof MethodFacts["owners"], title: string, words: string, notes: readonly string[] = []) =>
    ({ title, text: words, owners: t("console.methods.owners", { count: owners[key] }), notes });
  const codeNotes = [
    ...(!senders.mail && !senders.sms ? [t("console.methods.noSender")] : []),
    ...(senders.mail && !senders.sms ? [t("console.methods.noSms")] : []),
    t("console.methods.sameChannel"),
  ];
  return {
    cards: {
      password: card("password", t("method.password"), t("console.methods.passwordText"), providers.length > 0 ? [t("console.methods.providers", { names: providers })] : []),
      totp: card("totp", t("method.totp"), t("console.methods.totpText")),
      lookup_secret: card("lookup_secret", t("console.methods.lookupTitle"), t("console.methods.lookupText")),
      webauthn: card("webauthn", t("method.webauthn"), t("console.methods.webauthnText")),
      passkey: card("passkey", t("method.passkey"), t("console.methods.passkeyText")),
      code: card("code", t("method.code"), t("console.methods.codeText"), codeNotes),
    },
    on: t("console.methods.on"),
    use: t("console.methods.use"),
    uses: { off: t("console.methods.use.off"), second: t("console.methods.use.second"), first: t("console.methods.use.first") },
    issuer: t("console.methods.issuer"),
    rpId: t("console.methods.rpId"),
    rpIdHint: {
      webauthn: t("console.methods.rpIdHint", { host: rpId.webauthn, count: owners.webauthn }), passkey: t("console.methods.rpIdHint", { host: rpId.passkey, count: owners.passkey }),
    },
    counts: t("console.methods.passkeyCounts"),
    factorsTitle: t("console.methods.factors"),
    freshness: {
      title: t("console.freshness.title"), window: t("console.freshness.window"), windowHint: t("console.freshness.windowHint"),
      lifespan: t("console.freshness.lifespan"), lifespanHint: t("console.freshness.lifespanHint"),
    },
    comment: t("console.twoFactor.comment"),
    preview: t("console.draft.previewButton"),
    previewing: t("console.draft.previewing"),
    errorTitle: t("common.errorTitlePrefix", { title: t("console.methods.title") }),
  };
}
