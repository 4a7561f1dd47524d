import { describe, expect, test } from "vitest";
import { LOCALES } from "../i18n/locale";
import type { JsonObject } from "../model/identity";
import { COURIER_TEMPLATES } from "./outbox";
import { classOf, renderMail, renderSms } from "./templates";
import type { Sender } from "./templates";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const data: JsonObject = {
  code: "012345", minutes: 10, at: "2026-07-01T10:05:00.000Z", userAgent: FIREFOX, ipAddress: "192.0.2.7", method: "webauthn", label: "YubiKey 5",
};
const senderOf = (name: string, recovery = true): Sender => ({
  brand: { name }, baseUrl: "https://id.garden.test:8443", addressBackUrl: "https://id.garden.test:8443/address-back", flows: { recovery: { enabled: recovery } } as unknown as Sender["flows"],
});
const garden = senderOf("Garden");

const each = COURIER_TEMPLATES.flatMap((template) => LOCALES.map((locale) => [template, locale] as const));

describe.each(each)("%s in %s", (template, locale) => {
  const mail = renderMail(template, locale, data, garden);
  const sms = renderSms(template, locale, data, garden);

  test("is whole in text and HTML, and names the project", () => {
    for (const form of [mail.subject, mail.text, mail.html, sms]) {
      expect(form).toContain("Garden");
      expect(form).not.toMatch(/undefined|NaN|[a-z_]+\.(text|subject|advice|warning|sms)\b|\{[a-z]+\}/);
    }
    expect(mail.html).toContain(`<html lang="${locale}" dir="ltr">`);
    expect(mail.html).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  test("loads nothing, runs nothing, and links to our own pages only, from the configuration, without a code or a flow", () => {
    expect(mail.html).not.toMatch(/<script|<img|<link|src=|url\(|@import|\son[a-z]+=/i);
    const links = [...mail.html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href ?? "");
    for (const href of links) expect(href).toMatch(/^https:\/\/id\.garden\.test:8443\/self-service\/(recovery|login)\/browser$/);
    if (classOf(template) === "code") expect(links).toEqual([]);
    if (classOf(template) === "notice") expect(links).toEqual(["https://id.garden.test:8443/self-service/recovery/browser"]);
  });

  test("begins with the code where it brings one, and holds none otherwise", () => {
    if (classOf(template) === "code") {
      expect(mail.subject).toMatch(/^012345 /);
      expect(sms).toMatch(/^012345 /);
      expect(sms.split("\n").at(-1)).toBe("@id.garden.test #012345");
      expect(() => renderMail(template, locale, {}, garden)).toThrow();
    } else {
      for (const form of [mail.subject, mail.text, mail.html, sms]) expect(form).not.toContain("012345");
      expect(sms).not.toContain("#");
    }
  });

  test("says when, with what, from where and what to do, where it is a notice and nowhere else", () => {
    const isNotice = classOf(template) === "notice";
    expect([mail.text.includes("192.0.2.7"), sms.includes("/self-service/")]).toEqual([isNotice, isNotice]);
    if (!isNotice) return;
    for (const form of [mail.text, mail.html]) {
      expect(form).toContain("YubiKey 5");
      expect(form).toContain("Firefox");
      expect(form).toContain("192.0.2.7");
      expect(form).toContain("UTC");
      expect(form).toContain("2026");
    }
    expect(sms).toContain("https://id.garden.test:8443/self-service/recovery/browser");
  });
});

describe("what came from elsewhere", () => {
  test("is text: no name of a project, key or browser becomes markup, a header or another line", () => {
    const evil = "</title><script>alert(1)</script>\r\nBcc: eve@example.com\u202Egnp.exe & \"co\"";
    const mail = renderMail("factor_added", "en", { ...data, label: evil }, senderOf(evil));
    expect(mail.html).not.toMatch(/<script|<\/title><|\u202E/);
    expect(mail.html).toContain("&lt;script&gt;");
    expect(mail.subject).not.toMatch(/[\r\n\u202E]/);
    expect(mail.text.split("\n").some((line) => line.startsWith("Bcc:"))).toBe(false);
  });

  test("is no message of a stranger: a browser that nobody knows is an unknown device, whatever it calls itself", () => {
    for (const userAgent of ["Your account is locked, call +1 555/0100 now", "visit https://evil.test/1 ", "x".repeat(300), ""]) {
      const { text } = renderMail("second_factor_failed", "en", { ...data, userAgent }, garden);
      expect(text).toContain("Unknown device");
      expect(text).not.toMatch(/call|evil|xxx/);
    }
  });

  test("is cut where somebody's own words are long, and left out where nothing is known", () => {
    expect(renderMail("factor_added", "en", { ...data, label: "y".repeat(500) }, garden).text).not.toContain("y".repeat(81));
    const { text } = renderMail("new_device", "en", {}, garden);
    expect(text).toContain("Unknown device");
    expect(text).not.toContain("UTC");
  });

  test("leads to the settings where accounts cannot be recovered", () => {
    expect(renderMail("new_device", "en", data, senderOf("Garden", false)).text).toContain("https://id.garden.test:8443/self-service/settings/browser");
  });
});
