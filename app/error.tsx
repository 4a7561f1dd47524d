"use client";

import { LastResort } from "@/components/shell/last-resort";

export default function RenderingFailed({ error, reset }: { readonly error: Error & { readonly digest?: string }; readonly reset: () => void }) {
  return <LastResort digest={error.digest} retry={reset} />;
}
