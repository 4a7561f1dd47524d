import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import Provider from "oidc-provider";
import type { Configuration } from "oidc-provider";

/** Whoever presses "sign in" at the provider; tests change it between round trips. */
export interface UpstreamAccount {
  sub: string;
  email?: string;
  email_verified?: boolean;
  given_name?: string;
  acr?: string;
  amr?: readonly string[];
}
export interface IdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Signs in at once, without a form. */
  account: UpstreamAccount;
  /** The person presses "cancel". */
  refuse: boolean;
  close(): Promise<void>;
}

export interface IdentityProviderOptions {
  /** Where our server takes its answers: `<base>/api/auth/callback/<provider id>`. */
  readonly redirectUris: readonly string[];
  /** False: every claim is in the id token and userinfo is not needed. */
  readonly minimalIdToken?: boolean;
}

/** A certified OpenID provider (oidc-provider) on the loopback, whose only person signs in without being asked. */
export async function startIdentityProvider({ redirectUris, minimalIdToken = true }: IdentityProviderOptions): Promise<IdentityProvider> {
  const server = createServer();
  const port = await listen(server);
  const issuer = `http://localhost:${String(port)}`;
  const client = { id: "rung", secret: "a-secret-of-forty-characters-for-the-tests" };
  const self: IdentityProvider = {
    issuer, clientId: client.id, clientSecret: client.secret, account: { sub: "upstream-1" }, refuse: false,
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => { resolve(); }); }),
  };
  const provider = new Provider(issuer, configuration(self, client, redirectUris, minimalIdToken));
  const answer = provider.callback();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith("/interaction/")) void interact(provider, self, request, response);
    else void answer(request, response);
  });
  return self;
}

function configuration(
  self: IdentityProvider, client: { readonly id: string; readonly secret: string }, redirectUris: readonly string[], minimalIdToken: boolean,
): Configuration {
  return {
    clients: [{
      client_id: client.id, client_secret: client.secret, redirect_uris: [...redirectUris], response_types: ["code"], grant_types: ["authorization_code"],
    }],
    claims: { openid: ["sub", "acr", "amr", "auth_time"], email: ["email", "email_verified"], profile: ["given_name"] },
    conformIdTokenClaims: minimalIdToken,
    cookies: { keys: ["one for the tests"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) => {
      const { acr, amr, ...account } = self.account;
      return { accountId: id, claims: () => ({ ...account, sub: id, ...(acr === undefined ? {} : { acr }), ...(amr === undefined ? {} : { amr: [...amr] }) }) };
    },
    loadExistingGrant: async (context) => {
      const { Grant } = context.oidc.provider;
      const grant = new Grant({ clientId: context.oidc.client?.clientId, accountId: context.oidc.session?.accountId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
    // A server under test may run a day ahead of the provider.
    ttl: { Session: 86_400, Interaction: 600, Grant: 86_400, AccessToken: 600, AuthorizationCode: 60, IdToken: 172_800 },
  };
}

/** The login page of the provider, answered by itself. */
async function interact(provider: Provider, self: IdentityProvider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const result = self.refuse
    ? { error: "access_denied", error_description: "the person pressed cancel" }
    : { login: { accountId: self.account.sub, ...(self.account.acr === undefined ? {} : { acr: self.account.acr }), ...(self.account.amr === undefined ? {} : { amr: [...self.account.amr] }) } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve(address.port);
      else reject(new Error("no port"));
    });
  });
}
