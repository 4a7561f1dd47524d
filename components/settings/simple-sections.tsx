import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import { inGroup, isField, isSubmit } from "@/components/flow/flow-view";
import { InputNodeField } from "@/components/flow/input-node";
import type { TextKey } from "@/lib/i18n/text";
import { Section } from "./section";
import type { SettingsProps } from "./settings-props";

const WORDS = {
  profile: { title: "settings.profileTitle", intro: "settings.profileIntro", save: "settings.profileSave" },
  password: { title: "settings.passwordTitle", intro: "settings.passwordIntro", save: "settings.passwordSave" },
} as const satisfies Record<string, Record<string, TextKey>>;

/** Profile and password: the wire's fields and one button. */
export function SimpleSection({ flow, csrfToken, text, group }: SettingsProps & { readonly group: keyof typeof WORDS }) {
  const nodes = inGroup(flow, group);
  const buttons = nodes.filter(isSubmit);
  if (buttons.length === 0) return null;
  const words = WORDS[group];
  return (
    <Section id={group} title={text.t(words.title)} intro={text.t(words.intro)}>
      <FlowForm flow={flow} csrfToken={csrfToken} nodes={nodes}>
        {nodes.filter(isField).map((node) => (
          <InputNodeField key={node.attributes.name} node={node} text={text}
            {...(node.attributes.type === "password" && { label: text.t("settings.passwordNew"), hint: text.t("registration.passwordAdvice"), autoComplete: "new-password" })} />
        ))}
        {buttons.map((node) => (
          <FlowButton key={node.attributes.name} node={node} text={text} label={text.t(words.save)} tone="secondary" />
        ))}
      </FlowForm>
    </Section>
  );
}
