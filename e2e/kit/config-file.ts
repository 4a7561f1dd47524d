import { renameSync, writeFileSync } from "node:fs";

/** A whole configuration of the default project as rung.yml: everything Strict, or everything Lax. */
export function configText(mode: "strict" | "lax", extra = ""): string {
  const aal = mode === "strict" ? "highest_available" : "aal1";
  return `# written by a test
identity:
  default_schema_id: preset://email
  schemas: [{ id: "preset://email", url: "preset://email" }]
session:
  whoami: { required_aal: ${aal} }
selfservice:
  default_browser_return_url: /
  allowed_return_urls: [/]
  flows:
    settings: { required_aal: ${aal} }
    registration: { enabled: true, after: { password: { hooks: [{ hook: session }] } } }
  methods:
    password: { enabled: true }
    profile: { enabled: true }
    totp: { enabled: true }
    lookup_secret: { enabled: true }
rung:
  protected_paths: [{ prefix: /orders, required_aal: ${aal} }]
${extra}`;
}

/** Replaces the file as an editor does: written beside it, then renamed. */
export function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
