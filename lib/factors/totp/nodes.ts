import type { Node } from "../../model/node";
import { say } from "../../wire/message";
import { imgNode, inputNode, methodNode, submitNode, textNode } from "../../wire/node";
import { QR_PIXELS } from "./secret";

export function loginNodes(): readonly Node[] {
  return [
    inputNode("totp", "totp_code", "text", { value: "", required: true, label: say.totpCodeLabel() }),
    methodNode("totp", say.continueWithTotp()),
  ];
}

/** The picture, the same key to type, and the field for the code that proves it arrived (contract 5.5). */
export function enrolmentNodes(picture: string, secret: string, uri: string): readonly Node[] {
  return [
    imgNode("totp", "totp_qr", { src: picture, width: QR_PIXELS, height: QR_PIXELS }, say.totpQr()),
    textNode("totp", "totp_secret_key", say.totpSecret(secret, uri), say.totpSecretLabel()),
    inputNode("totp", "totp_code", "text", { required: true, label: say.verifyCodeLabel() }),
    methodNode("totp", say.save()),
  ];
}

export function unlinkNode(): Node {
  return submitNode("totp", "totp_unlink", "true", say.unlinkTotp(), { required: true });
}
