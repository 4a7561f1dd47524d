"use server";

import { answerPromptForm } from "@/lib/http/next/prompt";

/** "Not now" or "Don't ask again": written down, then on to where the person was going. */
export async function answerPrompt(form: FormData): Promise<void> {
  await answerPromptForm(form);
}
