"use client";

import { useEffect } from "react";

/** Puts "Error: …" into the document's title when a form was refused without a new page; the server does it otherwise. */
export function ErrorTitle({ title }: { readonly title: string }) {
  useEffect(() => {
    const before = document.title;
    document.title = title;
    return () => {
      document.title = before;
    };
  }, [title]);
  return null;
}
