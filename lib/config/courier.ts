import type { CourierConfig, HttpRequestConfig } from "../model/project";
import type { Reader } from "./reader";
import { requestConfig } from "./requests";
import { isJsonObject } from "./schema";
import { escapeSegment } from "./sentences";

/** Enough for a small shop, too few for a fraud with premium numbers. */
const SMS_PER_DAY = 500;

/** `courier`, and `rung.courier` for what bounds text messages. Without a server of its own the project uses the installation's. */
export function courierConfig(reader: Reader, baseUrl: string, brandName: string): CourierConfig {
  const retries = reader.number("courier.message_retries", 5);
  return {
    email: emailConfig(reader),
    from: {
      address: reader.text("courier.smtp.from_address") ?? `no-reply@${new URL(baseUrl).hostname}`,
      name: reader.text("courier.smtp.from_name") ?? oneLine(brandName),
    },
    sms: smsConfig(reader),
    retries,
    smsPerDay: reader.number("rung.courier.sms_per_day", SMS_PER_DAY),
    smsPrefixes: reader.list("rung.courier.sms_prefixes").filter((prefix) => typeof prefix === "string"),
  };
}

function emailConfig(reader: Reader): CourierConfig["email"] {
  if (reader.text("courier.delivery_strategy") === "http") {
    const entry = reader.at("courier.http.request_config");
    if (entry === undefined) {
      reader.refuse("courier.http.request_config", "is missing; with the delivery strategy http it says where mail goes.");
      return null;
    }
    const request = requestConfig(reader.inside("/courier/http/request_config", entry));
    return request === null ? null : { kind: "http", request };
  }
  const connectionUri = reader.text("courier.smtp.connection_uri");
  if (connectionUri === undefined) return null;
  if (!URL.canParse(connectionUri)) reader.refuse("courier.smtp.connection_uri", "must be a URL such as \"smtps://user:password@mail.example:465\".");
  return { kind: "smtp", connectionUri, localName: reader.text("courier.smtp.local_name") ?? null, headers: mailHeaders(reader) };
}

function mailHeaders(reader: Reader): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of reader.map("courier.smtp.headers")) {
    const sound = /^[A-Za-z0-9-]{1,100}$/.test(name) && typeof value === "string" && !/[\r\n]/.test(value);
    if (sound) headers[name] = value;
    else reader.refuse(`/courier/smtp/headers/${escapeSegment(name)}`, "must be a header of letters, digits and \"-\", with a value of one line.");
  }
  return headers;
}

function smsConfig(reader: Reader): HttpRequestConfig | null {
  const channels = reader.list("courier.channels");
  if (channels.length > 1) reader.refuse("courier.channels.1", "stands twice; there is one channel, sms.");
  const [channel] = channels;
  const entry = isJsonObject(channel) ? channel["request_config"] : undefined;
  return entry === undefined ? null : requestConfig(reader.inside("/courier/channels/0/request_config", entry));
}

function oneLine(name: string): string {
  return name.replaceAll(/[\r\n]+/g, " ").slice(0, 120);
}
