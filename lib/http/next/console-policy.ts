import "server-only";
import { makeProject, readHome, readOverview } from "../console-home";
import type { HomePage, NewProject, OverviewPage, ProjectMade } from "../console-home";
import type { MethodsInput, TwoFactorInput } from "../console-document";
import { discardDraft, noteMethods, noteRestore, noteTwoFactor, putOnTop, readDraft, saveDraft } from "../console-drafts";
import type { DraftPage, DraftSaved, FormPlace, Noted } from "../console-drafts";
import { readMethods } from "../console-methods";
import type { MethodsPage } from "../console-methods";
import { readTwoFactor } from "../console-project";
import type { TwoFactorPage } from "../console-project";
import { readRevisions } from "../console-revisions";
import type { RevisionsPage } from "../console-revisions";
import { readSimulation } from "../console-simulate";
import type { SimulatePage, SimulateQuery } from "../console-simulate";
import { admitted } from "./console";

export type { NewProject } from "../console-home";
export type { MethodsInput, TwoFactorInput } from "../console-document";
export type { DraftPage, DraftSaved, FormPlace, Noted } from "../console-drafts";
export type { MethodsPage } from "../console-methods";
export type { RevisionsPage } from "../console-revisions";
export type { SimulatePage, SimulateQuery } from "../console-simulate";

/* The doors of the console's policy pages: each asks the guard by itself. Pages answer null for a project that does not exist; what
   changes something is called after `checkAction`, and throws `forbidden` for a role that only reads. */

export async function homePage(): Promise<HomePage> {
  return readHome((await admitted()).exchange);
}
export async function createProjectFor(input: NewProject): Promise<ProjectMade> {
  const { exchange, admin } = await admitted();
  return makeProject(exchange, admin, input);
}
export async function overviewPage(slug: string): Promise<OverviewPage | null> {
  const { exchange, admin } = await admitted();
  return readOverview(exchange, admin, slug);
}
export async function twoFactorPage(slug: string): Promise<TwoFactorPage | null> {
  const { exchange, admin } = await admitted();
  return readTwoFactor(exchange, admin, slug);
}
export async function methodsPage(slug: string): Promise<MethodsPage | null> {
  const { exchange, admin } = await admitted();
  return readMethods(exchange, admin, slug);
}
export async function revisionsPage(slug: string, query: { readonly before: number | null; readonly diff: number | null }): Promise<RevisionsPage | null> {
  const { exchange, admin } = await admitted();
  return readRevisions(exchange, admin, slug, query);
}
export async function simulatePage(slug: string, query: SimulateQuery | null): Promise<SimulatePage | null> {
  const { exchange, admin } = await admitted();
  return readSimulation(exchange, admin, slug, query);
}
export async function draftPage(slug: string, search: string): Promise<DraftPage | null> {
  const { exchange, admin } = await admitted();
  return readDraft(exchange, admin, slug, search);
}
export async function noteTwoFactorForm(place: FormPlace, input: TwoFactorInput): Promise<Noted> {
  const { exchange, admin } = await admitted();
  return noteTwoFactor(exchange, admin, place, input);
}
export async function noteMethodsForm(place: FormPlace, input: MethodsInput): Promise<Noted> {
  const { exchange, admin } = await admitted();
  return noteMethods(exchange, admin, place, input);
}
export async function restoreAsDraft(slug: string, number: number): Promise<Noted> {
  const { exchange, admin } = await admitted();
  return noteRestore(exchange, admin, slug, number);
}
export async function saveShownDraft(slug: string, shown: { readonly stamp: string; readonly comment: string }): Promise<DraftSaved> {
  const { exchange, admin } = await admitted();
  return saveDraft(exchange, admin, slug, shown);
}
export async function rebaseOwnDraft(slug: string): Promise<Noted> {
  const { exchange, admin } = await admitted();
  return putOnTop(exchange, admin, slug);
}
export async function dropOwnDraft(slug: string): Promise<void> {
  const { exchange, admin } = await admitted();
  await discardDraft(exchange, admin, slug);
}
