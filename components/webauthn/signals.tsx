"use client";

import { sendSignal } from "@simplewebauthn/browser";
import { useEffect } from "react";

export interface KnownKeys {
  readonly rpId: string;
  /** The person's user handle, base64url. */
  readonly userId: string;
  readonly name: string;
  readonly displayName: string;
  /** Every key this account accepts, base64url. */
  readonly credentialIds: readonly string[];
}

/**
 * Tells the browser's key store what this account accepts and what its person is called, after either changed (D7). Best effort:
 * a browser that cannot, or a store that does not answer, changes nothing on the page.
 */
export function TellKeyStore({ rpId, userId, name, displayName, credentialIds }: KnownKeys) {
  const ids = credentialIds.join(" ");
  useEffect(() => {
    quietly(sendSignal({ signalName: "allAcceptedCredentials", rpID: rpId, userID: userId, allAcceptedCredentialIDs: ids.split(" ").filter(Boolean) }));
    quietly(sendSignal({ signalName: "currentUserDetails", rpID: rpId, userID: userId, userName: name, userDisplayName: displayName }));
  }, [rpId, userId, name, displayName, ids]);
  return null;
}

export interface UnknownKey {
  readonly rpId: string;
  /** Base64url, as the browser gave it. */
  readonly credentialId: string;
}

/** The key just shown is one that nobody here knows: its store may stop offering it (D7). */
export function ForgetUnknownKey({ rpId, credentialId }: UnknownKey) {
  useEffect(() => {
    quietly(sendSignal({ signalName: "unknownCredential", rpID: rpId, credentialID: credentialId }));
  }, [rpId, credentialId]);
  return null;
}

function quietly(signal: Promise<unknown>): void {
  signal.catch(() => undefined);
}
