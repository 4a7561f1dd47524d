"use client";

import { LastResort } from "@/components/shell/last-resort";
import "./globals.css";

export default function EverythingFailed({ error, reset }: { readonly error: Error & { readonly digest?: string }; readonly reset: () => void }) {
  return (
    <html lang="en" dir="ltr">
      <body>
        <LastResort digest={error.digest} retry={reset} />
      </body>
    </html>
  );
}
