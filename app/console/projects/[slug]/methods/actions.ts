"use server";

import type { MethodsAnswer, MethodsChoices } from "@/components/console/methods-view";
import { noteMethodsForm } from "@/lib/http/next/console-policy";
import { minutesOf, placeOf, single } from "../form-fields";
import { afterNoting, beginAction, refusedWith } from "../refused";

/** Puts the choices into the admin's draft and shows its impact. */
export async function previewMethods(_before: MethodsAnswer, formData: FormData): Promise<MethodsAnswer> {
  const text = await beginAction(formData);
  const place = placeOf(formData);
  const choices = readChoices(formData);
  const windowMinutes = minutesOf(choices.windowMinutes);
  const lifespanHours = minutesOf(choices.lifespanHours);
  const faults = [
    ...(windowMinutes !== null && windowMinutes > 0 ? [] : [`${text.t("console.freshness.window")}: ${text.t("console.freshness.invalid")}`]),
    ...(lifespanHours !== null && lifespanHours > 0 ? [] : [`${text.t("console.freshness.lifespan")}: ${text.t("console.freshness.invalid")}`]),
  ];
  if (faults.length > 0) return refusedWith(text, faults, choices);
  const noted = await noteMethodsForm(place, { ...choices, windowMinutes: windowMinutes ?? 0, lifespanHours: lifespanHours ?? 0 });
  return afterNoting(noted, place.slug, "methods", text, choices);
}

function readChoices(formData: FormData): MethodsChoices {
  const on = (name: string): boolean => single(formData, name) === "on";
  const usedAs = (name: string): MethodsChoices["code"] => {
    const value = single(formData, name);
    return value === "second" || value === "first" ? value : "off";
  };
  return {
    password: on("password"), totp: on("totp"), issuer: single(formData, "issuer").slice(0, 200), lookupSecret: on("lookup_secret"),
    webauthn: usedAs("webauthn"), webauthnRpId: single(formData, "webauthn_rp_id").slice(0, 253), passkey: on("passkey"), passkeyCounts: on("passkey_counts"),
    passkeyRpId: single(formData, "passkey_rp_id").slice(0, 253), code: usedAs("code"), windowMinutes: single(formData, "window_minutes"),
    lifespanHours: single(formData, "lifespan_hours"), comment: single(formData, "comment").slice(0, 500),
  };
}
