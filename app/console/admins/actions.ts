"use server";

import { randomUUID } from "node:crypto";
import { redirect } from "next/navigation";
import type { AdminAnswer } from "@/components/console/admins-form";
import { admittedAction } from "@/app/console/admitted";
import { field } from "@/app/console/asked";
import { pageLocale } from "@/lib/http/next/locale";
import { addAdmin, dropAdmin, invite, setAdminRole } from "@/lib/http/next/people-pages";
import { translator } from "@/lib/i18n/text";

const PAGE = "/console/admins";

export async function add(_before: AdminAnswer, formData: FormData): Promise<AdminAnswer> {
  await admittedAction(formData);
  const { t } = translator(await pageLocale());
  const address = field(formData, "address");
  const answer = await addAdmin(address, field(formData, "role"));
  if (answer === "done") redirect(`${PAGE}?done=added`);
  return { kind: "refused", text: t(`console.admins.failed.${answer}`), address, stamp: randomUUID() };
}

/** The link is in the answer alone. */
export async function inviteSomebody(_before: AdminAnswer, formData: FormData): Promise<AdminAnswer> {
  await admittedAction(formData);
  const { t, dateTime } = translator(await pageLocale());
  const role = field(formData, "role");
  const { url, expiresAt } = await invite(role);
  return {
    kind: "invited", link: url, stamp: randomUUID(), title: t(role === "owner" ? "console.admins.invitedOwner" : "console.admins.invitedSupport"),
    until: t("console.person.worksUntil", { time: `${dateTime(expiresAt)} UTC` }),
  };
}

export async function setRole(formData: FormData): Promise<void> {
  await admittedAction(formData);
  const answer = await setAdminRole(field(formData, "admin"), field(formData, "role"));
  redirect(`${PAGE}?done=${answer === "done" ? "changed" : answer}`);
}

export async function remove(formData: FormData): Promise<void> {
  await admittedAction(formData);
  const answer = await dropAdmin(field(formData, "admin"));
  redirect(`${PAGE}?done=${answer === "done" ? "removed" : answer}`);
}
