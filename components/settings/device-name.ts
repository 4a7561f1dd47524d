import Bowser from "bowser";
import type { SessionView } from "@/components/session/person";
import type { Translator } from "@/lib/i18n/text";

/** "Firefox on Linux", read from the user agent of the newest device; never more than a hint. */
export function deviceName(session: SessionView, text: Translator): string {
  const agent = session.devices.at(-1)?.userAgent ?? null;
  if (agent === null || agent === "") return text.t("sessions.deviceUnknown");
  const { browser, os } = Bowser.parse(agent);
  if (browser.name === undefined || browser.name === "") return text.t("sessions.deviceUnknown");
  if (os.name === undefined || os.name === "") return browser.name;
  return text.t("sessions.deviceOn", { browser: browser.name, system: os.name });
}
