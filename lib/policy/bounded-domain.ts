/** Second labels under which country registries sell names: `*.co.uk` is as wide as `*.uk`. */
const REGISTRY_LABELS: ReadonlySet<string> = new Set([
  "ac", "co", "com", "edu", "go", "gob", "gov", "gv", "mil", "ne", "net", "nom", "or", "org",
]);

/** Domains whose subdomains belong to strangers: a wildcard over one of them trusts everybody with an account there. */
const SHARED_DOMAINS: ReadonlySet<string> = new Set([
  "amazonaws.com", "appspot.com", "azurewebsites.net", "blogspot.com", "cloudfront.net", "firebaseapp.com", "fly.dev",
  "github.dev", "github.io", "gitlab.io", "glitch.me", "herokuapp.com", "loca.lt", "myshopify.com", "netlify.app", "ngrok.app",
  "ngrok-free.app", "ngrok.io", "onrender.com", "oryapis.com", "pages.dev", "railway.app", "repl.co", "run.app", "surge.sh",
  "trycloudflare.com", "vercel.app", "web.app", "workers.dev",
]);

/**
 * True when `*.<domain>` stays within one owner's names: at least two labels, no address, no registry's or host's suffix.
 * `domain` is lower-case ASCII without the `*.`.
 */
export function isBoundedDomain(domain: string): boolean {
  const labels = domain.split(".");
  const [second, top] = labels.slice(-2);
  if (labels.length < 2 || second === undefined || top === undefined) return false;
  if (labels.some((label) => !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)) || /^\d+$/.test(top)) return false;
  if (labels.length === 2 && top.length === 2 && REGISTRY_LABELS.has(second)) return false;
  return !SHARED_DOMAINS.has(domain);
}
