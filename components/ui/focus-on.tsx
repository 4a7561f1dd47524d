"use client";

import { useEffect } from "react";

/** Moves the focus to an element once, when the page has arrived: an error summary, a code field or a heading. */
export function FocusOn({ id }: { readonly id: string }) {
  useEffect(() => {
    document.getElementById(id)?.focus();
  }, [id]);
  return null;
}
