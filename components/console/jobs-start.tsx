import { SubmitButton } from "@/components/ui/submit-button";
import { describe, Field } from "@/components/ui/field";
import type { Translator } from "@/lib/i18n/text";
import type { ConsoleAction } from "./people-parts";
import { ActButton, Panel } from "./people-parts";

interface StartProps {
  readonly importAction: string;
  readonly exportAction: ConsoleAction;
  readonly token: string;
  readonly slug: string;
  readonly text: Translator;
}

/** Begins an import from a file, and exports. */
export function StartJobs({ importAction, exportAction, token, slug, text }: StartProps) {
  const { t } = text;
  const hint = t("console.jobs.fileHint");
  return (
    <>
      <Panel id="import" title={t("console.jobs.import")} intro={t("console.jobs.importText")}>
        <form method="post" action={importAction} encType="multipart/form-data" className="space-y-4">
          <input type="hidden" name="csrf_token" value={token} />
          <Field id="import-file" label={t("console.jobs.file")} hint={hint} errors={[]}>
            <input id="import-file" name="file" type="file" required accept=".json,.jsonl,.ndjson,application/json,application/x-ndjson" className="field" {...describe("import-file", hint, [])} />
          </Field>
          <SubmitButton busyText={t("console.jobs.uploading")}>{t("console.jobs.startImport")}</SubmitButton>
        </form>
      </Panel>
      <Panel id="export" title={t("console.jobs.export")} intro={t("console.jobs.exportText")}>
        <div className="flex flex-wrap gap-3">
          <ActButton action={exportAction} token={token} fields={{ slug, kind: "export_identities" }} label={t("console.jobs.exportPeople")} text={text} />
          <ActButton action={exportAction} token={token} fields={{ slug, kind: "export_audit" }} label={t("console.jobs.exportAudit")} text={text} />
        </div>
      </Panel>
    </>
  );
}
