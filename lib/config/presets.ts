import type { JsonObject } from "../model/identity";

/** People known by an e-mail address that signs them in, names them in an authenticator app, and can be verified. */
const EMAIL: JsonObject = {
  $id: "preset://email",
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Person",
  type: "object",
  properties: {
    traits: {
      type: "object",
      properties: {
        email: {
          type: "string",
          format: "email",
          title: "E-Mail",
          minLength: 3,
          maxLength: 320,
          "ory.sh/kratos": {
            credentials: {
              password: { identifier: true },
              webauthn: { identifier: true },
              passkey: { display_name: true },
              totp: { account_name: true },
              code: { identifier: true, via: "email" },
            },
            verification: { via: "email" },
            recovery: { via: "email" },
          },
        },
        name: {
          type: "object",
          title: "Name",
          properties: {
            first: { type: "string", title: "First name", maxLength: 100 },
            last: { type: "string", title: "Last name", maxLength: 100 },
          },
          additionalProperties: false,
        },
      },
      required: ["email"],
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

/** Identity schemas that a project can name instead of bringing its own. */
export const PRESETS: ReadonlyMap<string, JsonObject> = new Map([["preset://email", EMAIL]]);
