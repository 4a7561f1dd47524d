import { ProviderMark } from "@/components/brand/provider-mark";
import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import type { InputNode } from "@/components/flow/flow-view";
import { inGroup, isSubmit } from "@/components/flow/flow-view";
import { valueOf } from "@/components/flow/input-node";
import { Section } from "./section";
import type { SettingsProps } from "./settings-props";

/** Accounts elsewhere that open this one: link another, or unlink one after a question. */
export function LinkedSection({ flow, csrfToken, text }: SettingsProps) {
  const buttons = inGroup(flow, "oidc").filter(isSubmit);
  if (buttons.length === 0) return null;
  return (
    <Section id="oidc" title={text.t("settings.linkedTitle")} intro={text.t("settings.linkedIntro")}>
      <ul className="divide-y divide-line border-y border-line" data-testid="linked-list">
        {buttons.map((node) => <Provider key={`${node.attributes.name} ${valueOf(node)}`} node={node} flow={flow} csrfToken={csrfToken} text={text} />)}
      </ul>
    </Section>
  );
}

function Provider({ node, flow, csrfToken, text }: SettingsProps & { readonly node: InputNode }) {
  const given = node.meta.label?.context?.["provider"];
  const name = typeof given === "string" && given !== "" ? given : valueOf(node);
  const linked = node.attributes.name === "unlink";
  const form = (
    <FlowForm flow={flow} csrfToken={csrfToken} nodes={[]} method="oidc">
      <FlowButton node={node} text={text} tone={linked ? "danger" : "secondary"} />
    </FlowForm>
  );
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
      <ProviderMark id={valueOf(node)} name={name} />
      <span className="min-w-0 flex-1 basis-32">
        <span className="block font-semibold">{name}</span>
        <span className="block text-sm text-ink-2">{text.t(linked ? "settings.linkedOn" : "settings.linkedOff")}</span>
      </span>
      {!linked ? form : (
        <details className="open:w-full">
          <summary className="button button-quiet">{node.meta.label === undefined ? name : text.message(node.meta.label)}</summary>
          <div className="mt-2 space-y-3 rounded-control border border-loss-line bg-loss-soft p-4">
            <p className="font-semibold">{text.t("settings.unlinkQuestion", { name })}</p>
            <p className="text-ink-2">{text.t("settings.unlinkWarning")}</p>
            {form}
          </div>
        </details>
      )}
    </li>
  );
}
