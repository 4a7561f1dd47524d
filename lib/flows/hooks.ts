import type { Project } from "../model/project";

/** Names of the hooks that run after a flow: those of the method replace the global list (contract 4.12). */
export function hooksAfter(project: Project, flow: "login" | "registration" | "settings", method: string): readonly string[] {
  const { afterHooks } = project.config.flows[flow];
  return afterHooks[method] ?? afterHooks[""] ?? [];
}
