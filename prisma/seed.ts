import { projectTemplate } from "../lib/config/defaults";
import { randomId } from "../lib/crypto/token";
import type { KeyRing } from "../lib/crypto/keys";
import type { Database, NewCredential } from "../lib/db/handles";
import type { PasswordHasher } from "../lib/factors/factor";
import { CODES_PER_SET, digestLookupCode, newLookupSalt } from "../lib/factors/lookup_secret/codes";
import { totpBinding } from "../lib/factors/totp/secret";
import { checkTraits } from "../lib/identities/traits";
import { START_EXIT, StartError } from "../lib/model/errors";
import type { IdentityId } from "../lib/model/ids";
import type { Project } from "../lib/model/project";
import type { Clock } from "../lib/model/time";
import { createProject } from "../lib/platform/projects";
import type { Resolver } from "../lib/platform/resolve";
import { DEMO_PASSWORD, DEMO_PROJECTS, demoRecoveryCodes, demoTotpSecret } from "./demo-people";
import type { DemoPerson, DemoProject } from "./demo-people";

export interface SeedServices {
  readonly env: { readonly mode: string; readonly publicUrl: URL; readonly consoleUrl: URL };
  readonly db: Database;
  readonly keys: KeyRing;
  readonly passwords: PasswordHasher;
  readonly resolver: Pick<Resolver, "bySlug" | "forgetHosts">;
  readonly clock: Clock;
}

/**
 * The projects "garden" (Lax) and "bank" (Strict) with four people. What is there already stays as it is, so it can run
 * again and again. Answers lines that say how to sign in as each.
 *
 * Throws `StartError` in production, unless the public URL is this machine: everybody knows these passwords.
 */
export async function seed(services: SeedServices): Promise<readonly string[]> {
  const { env } = services;
  if (env.mode === "production" && !isThisMachine(env.publicUrl)) {
    throw new StartError(
      `The demo people have public passwords and are not added to ${env.publicUrl.origin}; seed a development installation instead.`,
      START_EXIT.configInvalid,
    );
  }
  for (const demo of DEMO_PROJECTS) {
    const project = await ensureProject(demo, services);
    for (const person of demo.people) await ensurePerson(person, project, services);
  }
  return howToSignIn(env.publicUrl);
}

async function ensureProject(demo: DemoProject, { db, env, resolver, clock }: SeedServices): Promise<Project> {
  if ((await resolver.bySlug(demo.slug)) === null) {
    const [workspace] = await db.platform.listWorkspaces();
    if (workspace === undefined) throw new Error("there is no workspace to put the demo projects in");
    await createProject({
      platform: db.platform, hosts: env, workspaceId: workspace.id, slug: demo.slug, name: demo.name,
      document: projectTemplate("app", { lax: demo.lax }), author: { kind: "cli", id: null, label: "seed" }, now: clock.now(),
    });
    resolver.forgetHosts();
  }
  const project = await resolver.bySlug(demo.slug);
  if (project === null) throw new Error(`the demo project ${demo.slug} is missing right after it was made`);
  return project;
}

async function ensurePerson(person: DemoPerson, project: Project, services: SeedServices): Promise<void> {
  const { db, passwords, clock } = services;
  const handle = db.forProject(project.row.id);
  if ((await handle.findAccountByIdentifier("password", person.email)) !== null) return;
  const schemaId = project.config.defaultSchemaId;
  const checked = checkTraits(project, schemaId, { email: person.email });
  if (!checked.ok) throw new Error(`the demo person ${person.email} does not fit the schema ${schemaId}`);
  const id = randomId() as IdentityId;
  const at = clock.now();
  const credentials: NewCredential[] = [
    { type: "password", hash: await passwords.hash(DEMO_PASSWORD), identifiers: checked.facts.identifiers, enrolledAal: "aal1", at },
    ...(await secondFactors(person, id, services, at)),
  ];
  await handle.transaction(async (tx) => {
    await tx.insertIdentity({
      id, schemaId, traits: checked.traits, recovery: checked.facts.recovery, at,
      verifiable: checked.facts.verifiable.map((address) => ({ ...address, verified: true })),
    });
    for (const credential of credentials) await tx.insertCredential(id, credential);
    await tx.appendAudit({ action: "identity.created", actor: { kind: "cli", label: "seed" }, result: "ok", identityId: id }, at);
  });
}

async function secondFactors(person: DemoPerson, id: IdentityId, { keys, passwords }: SeedServices, at: Date): Promise<readonly NewCredential[]> {
  const made: NewCredential[] = [];
  if (person.totp) {
    const sealedSecret = keys.seal("totp", demoTotpSecret(person.email), totpBinding(id));
    made.push({ type: "totp", sealedSecret, lastStep: 0, enrolledAal: "aal1", at });
  }
  if (person.recoveryCodes) {
    const set = { storage: "hashed", salt: newLookupSalt() } as const;
    const codes: { digest: string; sealed: null }[] = [];
    for (const code of demoRecoveryCodes(person.email, CODES_PER_SET)) {
      codes.push({ digest: await digestLookupCode(code, set, id, { keys, passwords }), sealed: null });
    }
    made.push({ type: "lookup_secret", ...set, codes, enrolledAal: "aal2", at });
  }
  return made;
}

function howToSignIn(publicUrl: URL): readonly string[] {
  const lines = [`Demo people, all with the password: ${DEMO_PASSWORD}`];
  for (const demo of DEMO_PROJECTS) {
    lines.push("", `${demo.name}, ${demo.lax ? "Lax" : "Strict"}: ${publicUrl.protocol}//${demo.slug}.${publicUrl.host}/login`);
    for (const person of demo.people) {
      lines.push(`  ${person.email.padEnd(18)} ${person.totp ? `password, then a code: npm run code -- ${person.email}` : "password only"}`);
      if (person.totp) lines.push(`  ${"".padEnd(18)} or type this key into an authenticator app: ${demoTotpSecret(person.email)}`);
      if (person.recoveryCodes) {
        lines.push(`  ${"".padEnd(18)} or one of these recovery codes: ${demoRecoveryCodes(person.email, 3).join(", ")}`);
      }
    }
  }
  return lines;
}

function isThisMachine(url: URL): boolean {
  const { hostname } = url;
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
