import { say } from "../../wire/message";
import type { SettingsCapability } from "../factor";
import { findPassword, isMigrating } from "./credential";
import { chosenPassword } from "./new-password";
import { settingsNodes } from "./nodes";

export const passwordSettings: SettingsCapability = {
  area: "privileged_change",

  nodes: () => Promise.resolve({ nodes: settingsNodes() }),

  /** The old password is refused as a new one, and asking so often enough would guess it: that attempt counts. */
  async submit(step, payload, ctx) {
    const chosen = chosenPassword(payload, step.facts, ctx);
    if (chosen.kind === "rejected") return chosen;
    const old = findPassword(step.credentials);
    if (old !== null && !isMigrating(old) && (await ctx.passwords.verify(old.hash, chosen.password)).ok) {
      return { kind: "rejected", messages: [say.passwordSame()], field: "password" };
    }
    const hash = await ctx.passwords.hash(chosen.password);
    return {
      kind: "changed",
      completed: null,
      commit: async (tx) => {
        // A first password takes its sign-in names from the traits the form was judged by: those must still be the person's.
        if (old === null && (await tx.updateIdentity(step.identity.id, { version: step.identity.version, at: ctx.now })) === null) return false;
        await tx.putPassword(step.identity.id, hash, step.facts.identifiers, ctx.now);
        return true;
      },
      action: "password.changed",
      revokesOthers: true,
    };
  },
};
