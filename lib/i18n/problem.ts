import type { TextKey } from "./text";

/** The error of an envelope or of a stored error, as far as a page needs it. */
export interface Problem {
  readonly code: number;
  readonly id?: string;
}
export interface ProblemTexts {
  readonly title: TextKey;
  readonly text: TextKey;
}

type Words = "csrf" | "returnTo" | "otherPerson" | "notFound" | "forbidden" | "unauthorized" | "tooMany" | "unavailable" | "server";

const BY_ID: Readonly<Record<string, Words>> = {
  security_csrf_violation: "csrf",
  self_service_flow_return_to_forbidden: "returnTo",
  security_identity_mismatch: "otherPerson",
};
const BY_STATUS: Readonly<Record<number, Words>> = {
  401: "unauthorized", 403: "forbidden", 404: "notFound", 429: "tooMany", 500: "server", 503: "unavailable",
};

/** Which heading and sentence a problem page shows: by id where one has its own words, else by status, else the general ones. */
export function problemTexts(problem: Problem): ProblemTexts {
  if (problem.id === "self_service_flow_disabled") return { title: "registration.disabledTitle", text: "registration.disabledText" };
  if (problem.code === 410) return { title: "expired.title", text: "expired.text" };
  const words = (problem.id !== undefined && Object.hasOwn(BY_ID, problem.id) ? BY_ID[problem.id] : undefined) ?? BY_STATUS[problem.code];
  return words === undefined ? { title: "problem.title", text: "problem.text" } : { title: `problem.${words}Title`, text: `problem.${words}Text` };
}
