import { describe, Field } from "@/components/ui/field";
import { PasswordInput } from "@/components/ui/password-input";
import type { Translator } from "@/lib/i18n/text";
import { isError, labelOf } from "./faults";
import type { InputNode } from "./flow-view";
import { fieldId } from "./flow-view";

interface InputNodeProps {
  readonly node: InputNode;
  readonly text: Translator;
  readonly label?: string;
  readonly hint?: string;
  readonly autoComplete?: string;
  /** A recovery code: wide letters, any case, filled in from where the codes are kept. */
  readonly variant?: "recovery-code";
  /** Id of the form it belongs to, where it stands outside of it. */
  readonly form?: string;
  /** Instead of the node's own value. */
  readonly value?: string;
}

/** One field of the wire as one labelled input; its attributes are the node's own. */
export function InputNodeField({ node, text, label, hint, autoComplete, variant, form, value }: InputNodeProps) {
  const { attributes } = node;
  const id = fieldId(node);
  const errors = node.messages.filter(isError).map((message) => text.message(message));
  const said = label ?? labelOf(node.meta.label, text);
  const common = {
    id, name: attributes.name, required: attributes.required === true, disabled: attributes.disabled,
    ...(form !== undefined && { form }),
    ...(attributes.pattern !== undefined && { pattern: attributes.pattern }),
    ...(attributes.maxlength !== undefined && { maxLength: attributes.maxlength }),
    ...(completion(node, autoComplete) !== undefined && { autoComplete: completion(node, autoComplete) }),
    ...describe(id, hint ?? null, errors),
  };
  if (attributes.type === "checkbox") {
    return (
      <label className="flex min-h-11 items-center gap-3">
        <input {...common} type="checkbox" value="true" defaultChecked={attributes.value === true} className="size-5 accent-accent" />
        <span>{said}</span>
      </label>
    );
  }
  return (
    <Field id={id} label={said} hint={hint ?? null} errors={errors}>
      {attributes.type === "password" ? (
        <PasswordInput {...common} words={passwordWords(text)} />
      ) : (
        <input {...common} type={attributes.type} defaultValue={value ?? valueOf(node)} className="field"
          {...(MACHINE_READ.has(attributes.type) && { dir: "ltr", autoCapitalize: "off", autoCorrect: "off", spellCheck: false })}
          {...(attributes.name === "identifier" && { autoCapitalize: "off", autoCorrect: "off", spellCheck: false })}
          {...(variant === "recovery-code" && RECOVERY_CODE)} />
      )}
    </Field>
  );
}

const RECOVERY_CODE = {
  inputMode: "text", autoComplete: "one-time-code", autoCapitalize: "characters", autoCorrect: "off", spellCheck: false, dir: "ltr",
  className: "field code uppercase placeholder:normal-case",
} as const;
const MACHINE_READ: ReadonlySet<string> = new Set(["email", "tel", "url"]);

export function valueOf(node: InputNode): string {
  const { value } = node.attributes;
  return value === undefined ? "" : String(value);
}
export function passwordWords(text: Translator) {
  return { show: text.t("common.showPassword"), hide: text.t("common.hidePassword"), capsLock: text.t("common.capsLock") };
}
/** The wire's own word, else the purpose that browsers know (WCAG 1.3.5). */
function completion(node: InputNode, wanted: string | undefined): string | undefined {
  if (node.attributes.autocomplete !== undefined) return node.attributes.autocomplete;
  if (wanted !== undefined) return wanted;
  if (node.attributes.name === "identifier") return "username webauthn";
  if (node.attributes.type === "email" || node.attributes.type === "tel") return node.attributes.type;
  return NAMES[node.attributes.name];
}
const NAMES: Readonly<Record<string, string>> = {
  "traits.name": "name", "traits.name.first": "given-name", "traits.name.last": "family-name", "traits.username": "username",
};
