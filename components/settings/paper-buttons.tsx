"use client";

import { useHydrated } from "@/components/ui/use-hydrated";

/** Saves a text as a file, made in the browser: it never passes the network again. */
export function DownloadButton({ label, name, content }: { readonly label: string; readonly name: string; readonly content: string }) {
  const hydrated = useHydrated();
  if (!hydrated) return null;
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([content], { type: "text/plain;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    URL.revokeObjectURL(url);
  };
  return <button type="button" className="button button-secondary" onClick={save}>{label}</button>;
}

/** Prints what is marked for paper. */
export function PrintButton({ label }: { readonly label: string }) {
  const hydrated = useHydrated();
  if (!hydrated) return null;
  return <button type="button" className="button button-secondary" onClick={() => { window.print(); }}>{label}</button>;
}
