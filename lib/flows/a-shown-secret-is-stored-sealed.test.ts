import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ephemeralKeyRing } from "../crypto/keys";
import { randomId } from "../crypto/token";
import { seedProject, testDatabase, type TestDatabase } from "../db/testing";
import { context, FACTS, NOW, settingsStep } from "../factors/testing";
import { totpSettings } from "../factors/totp/settings";
import { createIdentity } from "../identities/create";
import type { FlowId } from "../model/ids";
import { withSealedNodes } from "./sealed-nodes";

let db: TestDatabase;
beforeAll(async () => { db = await testDatabase(); });
afterAll(() => db.close());

describe("a settings flow that shows a secret", () => {
  it("reads back as it was written, and holds nothing in clear", async () => {
    const keys = ephemeralKeyRing();
    const { handle } = await seedProject(db);
    const sealed = withSealedNodes(handle, keys);
    const person = await sealed.transaction((tx) => createIdentity(tx, { schemaId: "default", traits: {}, facts: FACTS, now: NOW }));
    const step = settingsStep(person, []);
    const { nodes, internal } = await totpSettings.nodes(step, context({ keys, db: sealed }));
    const flow = { ...step.flow, id: randomId() as FlowId, nodes, internal: internal ?? {} };
    await sealed.transaction((tx) => tx.insertFlow(flow));
    expect((await sealed.findFlow("settings", flow.id))?.nodes).toEqual(nodes);

    const secret = nodes.flatMap(({ attributes }) => (attributes.node_type === "text" ? [attributes.text.text] : []))[0] ?? "";
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const stored = async () => JSON.stringify(await db.connection.reads.prisma.flow.findMany());
    expect(await stored()).not.toContain(secret);
    expect(await stored()).not.toContain("data:image");
    await sealed.transaction((tx) => tx.updateFlow(flow.id, { nodes, at: NOW }));
    expect(await stored()).not.toContain(secret);
    expect((await sealed.transaction((tx) => tx.findFlow("settings", flow.id)))?.nodes).toEqual(nodes);
  });
});
