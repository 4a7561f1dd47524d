import type { AnchorHTMLAttributes } from "react";

/**
 * A link that loads its page whole. Every page here depends on cookies that a proof replaces, so none may come from a client
 * cache, and none is fetched ahead of the click.
 */
export function PlainLink({ children, className = "link", ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { readonly href: string }) {
  return (
    <a {...rest} className={className}>
      {children}
    </a>
  );
}
