/** How the agent gets tokens: what the official client asks of whoever uses it, on a machine with a browser. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  discoverAuthorizationServerMetadata,
  discoverOAuthProtectedResourceMetadata,
  type OAuthClientProvider,
  registerClient,
} from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';

export interface SignIn {
  provider: OAuthClientProvider;
  /** To be used by the transport: it hears how strong a sign-in a server demands. */
  fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
  /** The code that the browser brings back, after the provider has sent it away. */
  code(): Promise<string>;
  close(): void;
}

const WAIT_MILLISECONDS = 5 * 60_000;

/** Registers with the issuer that the server names. Nothing is kept when the program ends. */
export async function createSignIn(serverUrl: string, open: (url: string) => void): Promise<SignIn> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const redirectUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const { authorization_servers: [issuer = ''] = [], scopes_supported: scopes = [] } =
    await discoverOAuthProtectedResourceMetadata(serverUrl);
  const metadata = await discoverAuthorizationServerMetadata(issuer);
  if (metadata === undefined) throw new TypeError(`${issuer} does not describe itself`);
  const clientMetadata = {
    client_name: 'Notes agent',
    redirect_uris: [redirectUrl],
    token_endpoint_auth_method: 'none',
    // All that it may ever ask for. What it asks for each time is what the tool at hand needs.
    scope: scopes.join(' '),
  };
  const client: OAuthClientInformationMixed = await registerClient(issuer, { metadata, clientMetadata });

  let tokens: OAuthTokens | undefined;
  let verifier = '';
  let state = '';
  let challenge = '';
  const provider: OAuthClientProvider = {
    redirectUrl,
    clientMetadata,
    clientInformation: () => client,
    tokens: () => tokens,
    saveTokens(given) {
      tokens = given;
    },
    state() {
      state = randomBytes(16).toString('base64url');
      return state;
    },
    saveCodeVerifier(given) {
      verifier = given;
    },
    codeVerifier: () => verifier,
    redirectToAuthorization(url) {
      // RFC 9470: what the server demands of the sign-in goes on to the issuer. The official client leaves that to us.
      for (const name of ['acr_values', 'max_age']) {
        const wanted = new RegExp(`\\b${name}="([^"]*)"`).exec(challenge)?.[1];
        if (wanted !== undefined) url.searchParams.set(name, wanted);
      }
      open(url.href);
    },
  };
  return {
    provider,
    async fetch(url, init) {
      const response = await fetch(url, init);
      if (String(url) === serverUrl) challenge = response.headers.get('www-authenticate') ?? '';
      return response;
    },
    code: () => codeFrom(server, () => ({ state, issuer: metadata.issuer })),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function codeFrom(
  server: ReturnType<typeof createServer>,
  expected: () => { state: string; issuer: string },
): Promise<string> {
  const signal = AbortSignal.timeout(WAIT_MILLISECONDS);
  for (;;) {
    const [{ url }, response] = (await once(server, 'request', { signal })) as [{ url: string }, ServerResponse];
    const { pathname, searchParams: params } = new URL(url, 'http://127.0.0.1');
    const { state, issuer } = expected();
    // Any page in any browser on this machine can call this port. Only the answer to our own question counts (RFC 9207).
    if (pathname !== '/callback' || params.get('state') !== state || params.get('iss') !== issuer) {
      response.writeHead(400).end('This is no answer to a sign-in that was begun here.');
      continue;
    }
    const code = params.get('code');
    response.setHeader('connection', 'close');
    response.end(code === null ? 'The agent got no access. You can close this page.' : 'You can close this page.');
    if (code === null) throw new TypeError(params.get('error') ?? 'no code');
    return code;
  }
}
