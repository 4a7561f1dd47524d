"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import type { KeyAnswer } from "@/components/console/keys-form";
import { admittedAction } from "@/app/console/admitted";
import { field } from "@/app/console/asked";
import { pageLocale } from "@/lib/http/next/locale";
import { createKey, deleteKey } from "@/lib/http/next/people-pages";
import { translator } from "@/lib/i18n/text";
import type { KeyScopeName } from "@/lib/model/console-people";

const scopeOf = (formData: FormData): KeyScopeName => (field(formData, "scope") === "workspace" ? "workspace" : "project");

/** The key is in the answer alone. */
export async function create(_before: KeyAnswer, formData: FormData): Promise<KeyAnswer> {
  await admittedAction(formData);
  const { t } = translator(await pageLocale());
  const name = field(formData, "name");
  const made = await createKey(field(formData, "slug"), scopeOf(formData), name, field(formData, "life"));
  if (made.kind === "refused") return { kind: "refused", text: made.reason, name, stamp: randomUUID() };
  revalidatePath("/console/projects/[slug]/api-keys", "page");
  return { kind: "made", title: t("console.keys.ready", { name: made.name }), token: made.token, stamp: randomUUID() };
}

export async function remove(formData: FormData): Promise<void> {
  await admittedAction(formData);
  const slug = field(formData, "slug");
  const gone = await deleteKey(slug, scopeOf(formData), field(formData, "key"));
  redirect(`/console/projects/${encodeURIComponent(slug)}/api-keys?done=${gone ? "deleted" : "gone"}`);
}
