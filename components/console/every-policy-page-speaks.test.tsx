import { describe, expect, test } from "vitest";
import { LOCALES } from "@/lib/i18n/locale";
import { translator } from "@/lib/i18n/text";
import type { DraftWarning, ImpactCount, LooseningNote } from "@/lib/model/console-impact";
import { show } from "../testing/page";
import { ConsoleShell } from "./console-shell";
import { DraftConflict } from "./draft-conflict";
import { DraftPreview } from "./draft-preview";
import { ImpactPeople } from "./impact-people";
import { headline } from "./impact-words";
import { MethodsForm } from "./methods-form";
import { methodsWords } from "./methods-words";
import { FileState, NextSteps } from "./overview-cards";
import { ProjectTop } from "./project-top";
import { RevisionList } from "./revision-list";
import { SimulateForm } from "./simulate-form";
import { SimulateResult } from "./simulate-result";
import { TwoFactorForm } from "./two-factor-form";
import { twoFactorWords } from "./two-factor-words";

const NOW = new Date("2026-07-01T10:00:00Z");
const IMPACT: ImpactCount = {
  at: NOW, sessions: { total: 210, asked: 37, mustEnrol: 0, released: 0 },
  people: { total: 6_600, withSecondFactor: 1_200, without: 5_400, withoutChanged: 0, losing: 0, shutOut: 0 },
  groups: [{ level: "aal1", factors: ["password", "totp"], ageBucket: 0, sessions: 37, asked: 37, mustEnrol: 0, released: 0 }],
  areas: [{ area: { kind: "path", pathname: "/payment" }, before: 10, after: 4 }, { area: { kind: "settings" }, before: 210, after: 173 }],
};
const YOU = { identityId: "1", address: "ada@garden.test", isAdmin: true, sessions: 1, effect: "asked" } as const;
const LOOSENINGS: readonly LooseningNote[] = (["sign_in", "settings", "window", "lifespan", "enrolment", "path", "operation", "second_factor", "passkey_counts", "keeps_sessions"] as const).map((kind) => ({ kind, name: kind === "second_factor" ? "totp" : "/x" }));
const WARNINGS: readonly DraftWarning[] = (["admins_without", "no_second_factor", "passkeys_stay_one", "mail_none", "mail_fails", "file_differs", "rp_changed_webauthn", "rp_changed_passkey", "losing", "shut_out", "same_channel", "sms_none"] as const)
  .map((kind) => ({ kind, count: 2, names: ["a", "b"] }));
const REVISION = { number: 2, at: NOW, author: "ada@garden.test", comment: "calmer", summary: ["Sign-in: Strict to Lax"] };
const FRAME = { project: { slug: "acme", name: "Acme" }, revision: 2, signIn: "strict", settings: "lax", newest: REVISION, draft: { changes: ["a", "b", "c", "d"], at: NOW, behind: false } } as const;
const nothing = (): Promise<never> => new Promise(() => undefined);
const send = (): Promise<void> => Promise.resolve();

test("the headline says what the design says", () => {
  expect(headline(IMPACT, 2, translator("en"))).toEqual([
    "If you save this, 37 of 210 live sessions will be asked for a second factor at their next request, among them 2 admins.",
    "1,200 people have a second factor; 5,400 have none and see no change.",
  ]);
  expect(headline({ ...IMPACT, sessions: { total: 1, asked: 1, mustEnrol: 0, released: 0 } }, 1, translator("en"))[0]).toBe(
    "If you save this, one of 1 live sessions will be asked for a second factor at its next request, among them one admin.");
  expect(headline({ ...IMPACT, sessions: { total: 5, asked: 0, mustEnrol: 3, released: 2 }, people: { ...IMPACT.people, withoutChanged: 7 } }, 0, translator("en"))).toHaveLength(3);
  expect(headline({ ...IMPACT, sessions: { total: 5, asked: 0, mustEnrol: 0, released: 0 } }, 0, translator("en"))[0]).toBe(
    "If you save this, none of 5 live sessions is asked for anything at its next request.");
});

describe.each(LOCALES)("in %s", (locale) => {
  const text = translator(locale);
  const t = text.t;
  const rules = (page: ReturnType<typeof show>): readonly string[] => {
    const ids = [...page.html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id ?? "");
    const labelled = new Set([...page.html.matchAll(/\sfor="([^"]+)"/g)].map(([, id]) => id ?? ""));
    const fields = [...page.html.matchAll(/<(?:input|select)\b([^>]*)>/g)].map(([, inside = ""]) => inside).filter((inside) => !inside.includes('type="hidden"'));
    const described = [...page.html.matchAll(/\saria-(?:describedby|labelledby)="([^"]+)"/g)].flatMap(([, list = ""]) => list.split(" "));
    return [
      ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `the id ${id} twice`),
      ...fields.filter((inside) => !inside.includes("aria-label=") && !labelled.has(/\sid="([^"]+)"/.exec(inside)?.[1] ?? "")).map((inside) => `no label: ${inside}`),
      ...described.filter((id) => !ids.includes(id)).map((id) => `described by ${id}, which is not there`),
      ...(page.html.match(/<table\b/g)?.length === page.html.match(/<caption\b/g)?.length ? [] : ["a table without a caption"]),
      ...(/\bconsole\.[a-z]\w+/i.test(page.words) ? [`a key instead of words: ${page.words}`] : []),
      ...(/[{}]/.test(page.html.replace(/<script\b[\s\S]*?<\/script>/g, "").replace(/<[^>]+>/g, "")) ? [`an argument is missing: ${page.words}`] : []),
    ];
  };

  test("the preview, with every warning and every loosening", () => {
    const page = show(
      <main>
        <DraftPreview now={NOW} text={text} preview={{ impact: IMPACT, you: YOU, admins: [YOU, { ...YOU, identityId: "2" }], changes: ["Sign-in: Lax to Strict"], diff: [{ sign: "+", text: "a: 1" }, { sign: "-", text: "a: 2" }], loosenings: LOOSENINGS, warnings: WARNINGS }} />
        <ImpactPeople you={YOU} people={[YOU, { ...YOU, identityId: "3", address: "bob@garden.test", isAdmin: false, effect: null }]} search="" href="/x" text={text} />
        <DraftConflict conflict={{ current: 3, changedBy: "bob", at: NOW, theirs: ["x"], yours: ["y"] }} now={NOW} text={text} action={send} fields={{ csrf_token: "t", slug: "acme" }} />
      </main>,
    );
    expect(rules(page)).toEqual([]);
    expect(page.html.match(/ada@garden\.test/g)).toHaveLength(1);
  });

  test("both forms, and who may only read can change nothing", () => {
    const choices = {
      signIn: "strict", settings: "lax", comment: "", paths: [{ prefix: "/a", level: "aal2", minutes: "15" }], operations: [{ name: "pay", level: "aal2", minutes: "", methods: "totp" }],
      enrolment: { mode: "date", from: "2027-01-01", notice: "wall", everyDays: "14" },
    } as const;
    const page = show(<TwoFactorForm action={nothing} actionToken="t" slug="acme" revision={3} fromDraft={false} inForce={{ signIn: "strict", settings: "lax" }} choices={choices} words={twoFactorWords(text)} readOnly
      exports={{ enforcement: null, enrolment: null, paths: null, operations: null }} />);
    expect(rules(page)).toEqual([]);
    expect(page.html).toMatch(/<fieldset disabled=""/);
    expect(page.words).toContain("session.whoami.required_aal = highest_available");
    const methods = { password: true, totp: true, issuer: "", lookupSecret: true, webauthn: "second", webauthnRpId: "", passkey: true, passkeyCounts: true, passkeyRpId: "", code: "off", windowMinutes: "15", lifespanHours: "24", comment: "" } as const;
    const facts = { owners: { password: 5, totp: 1, lookup_secret: 0, webauthn: 412, passkey: 2, code: 0 }, rpId: { webauthn: "acme.test", passkey: "acme.test" }, senders: { mail: false, sms: false }, providers: ["Example"] };
    const other = show(<MethodsForm action={nothing} actionToken="t" slug="acme" revision={3} fromDraft choices={methods} words={methodsWords(facts, text)} readOnly={false} noSender exports={{ methods: null, freshness: null }} />);
    expect(rules(other)).toEqual([]);
    expect(other.words).toContain("412");
    expect(other.html).toMatch(/<option value="second" disabled=""/);
  });

  test("the simulator, the revisions, the overview and the frame", () => {
    const steps = (["requirement", "session", "revoked", "expired", "method", "enrolment", "level", "accepted_method", "age", "allow"] as const).map((rule) => ({
      rule, state: rule === "level" ? "decided" as const : "passed" as const, facts: { level: "aal2", seconds: 900, methods: ["totp"], have: "aal1", demanded: "aal2", ago: 3, enrolled: "yes" },
    }));
    const trace = { area: { kind: "path", pathname: "/payment" }, requirement: { aal: "aal2" }, decision: { kind: "step_up", to: "aal2", reason: "aal_too_low" }, steps } as const;
    const page = show(
      <ConsoleShell text={text} person={{ kind: "unavailable" }} testId="x" title="x" project={{ slug: "acme", name: "Acme" }} here="simulate" banner={<ProjectTop frame={FRAME} may="support" now={NOW} text={text} />}>
        <SimulateResult result={{ kind: "answer", person: null, trace, test: "", revision: 3 }} hrefFor={() => "/x"} text={text} />
        <SimulateResult result={{ kind: "no_person" }} hrefFor={() => "/x"} text={text} />
        <SimulateForm href="/x" choices={{ person: "", first: "password", second: ["totp"], level: "aal1", minutes: "5", area: "path", where: "/payment", policy: "draft", revision: "" }} firstFactors={["password"]} secondFactors={["totp"]} operations={["pay"]} hasDraft text={text} />
        <RevisionList slug="acme" revisions={[REVISION, { ...REVISION, number: 1, summary: [], comment: null }]} current={2} olderThan={1} opened={{ number: 2, diff: [] }} restoring={1} mayRestore action={send} actionToken="t" now={NOW} text={text} />
        <NextSteps steps={["lax", "no_mail", "no_second_factor", "nobody_enrolled", "few_enrolled", "draft", "all_good"]} slug="acme" text={text} />
        <FileState file={{ state: "kept_last_good", path: "rung.yml", problems: [{ key: "a", reason: "is wrong" }], appliedAt: NOW }} now={NOW} text={text} />
      </ConsoleShell>,
    );
    expect(rules(page)).toEqual([]);
    expect(page.html).toContain(`aria-label="${t("console.nav.label", { name: "Acme" })}"`);
    expect(page.html.match(/aria-current="page"/g)).toHaveLength(1);
    expect(page.html).toMatch(/<li data-state="decided"><strong>/);
  });
});
