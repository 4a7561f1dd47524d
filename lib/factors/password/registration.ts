import type { RegistrationCapability } from "../factor";
import { chosenPassword } from "./new-password";
import { registrationNodes } from "./nodes";

export const passwordRegistration: RegistrationCapability = {
  nodes: () => Promise.resolve({ nodes: registrationNodes() }),

  async submit(_flow, payload, { facts }, ctx) {
    const chosen = chosenPassword(payload, facts, ctx);
    if (chosen.kind === "rejected") return chosen;
    const hash = await ctx.passwords.hash(chosen.password);
    return {
      kind: "registered",
      method: { method: "password", aal: "aal1", completedAt: ctx.now },
      commit: async (tx, identityId) => {
        await tx.putPassword(identityId, hash, facts.identifiers, ctx.now);
        return true;
      },
    };
  },
};
