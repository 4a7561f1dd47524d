import type { ReactNode } from "react";
import { describe, Field } from "@/components/ui/field";
import type { Translator } from "@/lib/i18n/text";
import { isError } from "./faults";
import type { InputNode } from "./flow-view";
import { fieldId } from "./flow-view";
import { OneTimeCodeInput } from "./one-time-code-input";

interface CodeNodeProps {
  readonly node: InputNode;
  readonly text: Translator;
  readonly label: string;
  readonly hint: ReactNode;
  readonly focus: boolean;
  readonly submits: boolean;
  /** The code is one that we sent. */
  readonly arrives?: boolean;
}

/** The six-digit field with its label, hint and errors. */
export function CodeNodeField({ node, text, label, hint, focus, submits, arrives = false }: CodeNodeProps) {
  const id = fieldId(node);
  const errors = node.messages.filter(isError).map((message) => text.message(message));
  const described = describe(id, hint, errors);
  return (
    <Field id={id} label={label} hint={hint} errors={errors}>
      <OneTimeCodeInput id={id} name={node.attributes.name} required={node.attributes.required === true} focus={focus} submits={submits} arrives={arrives}
        describedBy={described["aria-describedby"]} invalid={described["aria-invalid"]} />
    </Field>
  );
}
