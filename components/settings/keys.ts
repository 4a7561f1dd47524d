import type { FlowView, InputNode } from "@/components/flow/flow-view";
import { inGroup, isSubmit } from "@/components/flow/flow-view";
import { valueOf } from "@/components/flow/input-node";

export type KeyKind = "webauthn" | "passkey";

/** One security key or passkey as the settings show it, read from its own remove button (contract 5.7, 5.8). */
export interface KeyView {
  /** Hex of the credential id: what removing and renaming name. */
  readonly id: string;
  readonly name: string;
  readonly provider: string | null;
  readonly addedAt: Date | null;
  readonly lastUsedAt: Date | null;
  /** Null when the wire does not say whether it is synced. */
  readonly synced: boolean | null;
  /** A copy may exist: it confirms nobody any more. */
  readonly cloned: boolean;
  /** False for the last way to sign in. */
  readonly removable: boolean;
  readonly remove: InputNode;
}

/** In the order they were added: the wire has them by the bytes of their ids (contract 5.3), which tell a person nothing. */
export function keysOf(flow: FlowView, kind: KeyKind): readonly KeyView[] {
  const keys = inGroup(flow, kind).filter(isSubmit).filter(({ attributes }) => attributes.name === `${kind}_remove`).map((remove) => {
    const context = remove.meta.label?.context ?? {};
    const provider = context["provider"];
    const name = context["display_name"];
    const synced = context["backed_up"];
    return {
      id: valueOf(remove), remove, removable: !remove.attributes.disabled,
      name: typeof name === "string" && name !== "" ? name : valueOf(remove).slice(0, 8),
      provider: typeof provider === "string" && provider !== "" && provider !== name ? provider : null,
      addedAt: instant(context["added_at"]), lastUsedAt: instant(context["last_used_at"]),
      cloned: context["cloned"] === true,
      synced: typeof synced === "boolean" ? synced : null,
    };
  });
  return keys.toSorted((a, b) => (a.addedAt?.getTime() ?? 0) - (b.addedAt?.getTime() ?? 0));
}

function instant(value: unknown): Date | null {
  if (typeof value !== "string") return null;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? null : at;
}
