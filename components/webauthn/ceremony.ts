import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import { creationOptions, namedAs, requestOptions } from "./options";

/** Asks the browser to sign with a key it has. Answers the JSON that the wire takes; throws what the browser threw. */
export async function signWithKey(json: string, autofill: boolean): Promise<string> {
  const options = requestOptions(json);
  if (options === null) throw new Error("the options of the ceremony do not parse");
  return JSON.stringify(await startAuthentication({ optionsJSON: options, useBrowserAutofill: autofill }));
}

/** Asks the browser to make a key, called as the form's own fields say where the options leave that open. */
export async function makeKey(json: string, form: HTMLFormElement): Promise<string> {
  const creation = creationOptions(json);
  if (creation === null) throw new Error("the options of the ceremony do not parse");
  const typed = creation.nameFields.map((field) => valueOf(form, field)).find((value) => value !== "") ?? null;
  return JSON.stringify(await startRegistration({ optionsJSON: namedAs(creation.options, typed) }));
}

export function valueOf(form: HTMLFormElement, field: string): string {
  const control = form.elements.namedItem(field);
  return control instanceof HTMLInputElement ? control.value.trim() : "";
}
