import { ErrorTitle } from "@/components/ui/error-title";
import { FocusOn } from "@/components/ui/focus-on";

interface RefusedFormProps {
  readonly answer: { readonly title: string; readonly text: string; readonly items: readonly string[] };
  readonly errorTitle: string;
}

/** Why a form was refused, first on the page and focused. */
export function RefusedForm({ answer, errorTitle }: RefusedFormProps) {
  return (
    <div id="refused" role="alert" tabIndex={-1} data-testid="notice-invalid" className="space-y-2 rounded-control border-2 border-loss-line bg-loss-soft p-4">
      <p className="font-bold text-loss">{answer.title}</p>
      <p>{answer.text}</p>
      {answer.items.length > 0 && (
        <ul className="list-disc ps-5">
          {answer.items.map((item) => <li key={item}>{item}</li>)}
        </ul>
      )}
      <FocusOn id="refused" />
      <ErrorTitle title={errorTitle} />
    </div>
  );
}
