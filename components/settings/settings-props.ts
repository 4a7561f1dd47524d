import type { FlowView } from "@/components/flow/flow-view";
import type { Translator } from "@/lib/i18n/text";

/** What every section that is a part of the settings flow needs. */
export interface SettingsProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly text: Translator;
}
