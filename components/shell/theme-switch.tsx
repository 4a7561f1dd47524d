"use client";

import { useSyncExternalStore } from "react";

const KEY = "rung_theme";
const CHANGED = "rung:theme";
type Theme = "system" | "light" | "dark";

function read(): Theme {
  const stored = window.localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}
function subscribe(listener: () => void): () => void {
  window.addEventListener(CHANGED, listener);
  window.addEventListener("storage", listener);
  return () => {
    window.removeEventListener(CHANGED, listener);
    window.removeEventListener("storage", listener);
  };
}
function choose(theme: string): void {
  if (theme === "light" || theme === "dark") {
    window.localStorage.setItem(KEY, theme);
    document.documentElement.dataset["theme"] = theme;
  } else {
    window.localStorage.removeItem(KEY);
    delete document.documentElement.dataset["theme"];
  }
  window.dispatchEvent(new Event(CHANGED));
}

/** Light, dark, or as the system says. Without script the system's choice stands. */
export function ThemeSwitch({ words }: { readonly words: Readonly<Record<"label" | Theme, string>> }) {
  const theme = useSyncExternalStore<Theme | null>(subscribe, read, () => null);
  if (theme === null) return null;
  return (
    <label className="inline-flex items-center gap-2">
      {words.label}
      <select value={theme} onChange={(event) => { choose(event.target.value); }}
        className="min-h-11 rounded-control border border-edge bg-surface px-2 text-ink">
        <option value="system">{words.system}</option>
        <option value="light">{words.light}</option>
        <option value="dark">{words.dark}</option>
      </select>
    </label>
  );
}
