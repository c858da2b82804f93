import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askProvider, refused } from './ask-provider.ts';
import type { Provider } from './providers.ts';

const WAIT_MILLISECONDS = 5 * 60_000;

/**
 * A native application's sign-in (RFC 8252): the browser comes back to a port that only this machine reaches, with a code that
 * only this process can redeem (PKCE, RFC 7636).
 */
export async function signInByLoopback(provider: Provider, open: (url: string) => void): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    // By address: `localhost` could be another program's, on the other family of addresses (RFC 8252 §8.3).
    const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
    const request = new URL(provider.authorizationEndpoint);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    for (const [name, value] of Object.entries({
      response_type: 'code',
      client_id: provider.clientId,
      redirect_uri: redirectUri,
      scope: provider.scope,
      state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })) {
      request.searchParams.set(name, value);
    }
    open(request.href);
    const code = await codeFrom(server, { state, issuer: provider.issuer });
    const answer = await askProvider(provider, provider.tokenEndpoint, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    });
    if (answer.access_token === undefined) throw refused(answer);
    return answer.access_token;
  } finally {
    server.close();
    server.closeIdleConnections();
  }
}

interface Expected {
  state: string;
  issuer: string | undefined;
}

async function codeFrom(server: ReturnType<typeof createServer>, expected: Expected): Promise<string> {
  const signal = AbortSignal.timeout(WAIT_MILLISECONDS);
  for (;;) {
    const [{ url }, response] = (await once(server, 'request', { signal })) as [{ url: string }, ServerResponse];
    const { pathname, searchParams: params } = new URL(url, 'http://127.0.0.1');
    const iss = params.get('iss');
    // Any page in any browser on this machine can call this port. Only the answer to our own question counts.
    if (
      pathname !== '/callback' ||
      params.get('state') !== expected.state ||
      (iss !== null && iss !== expected.issuer)
    ) {
      response.writeHead(400).end('This is no answer to a sign-in that was begun here.');
      continue;
    }
    const code = params.get('code');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('connection', 'close');
    response.end(`<p>${code === null ? 'You were not signed in.' : 'You are signed in.'} You can close this page.</p>`);
    if (code === null) throw refused({ error: params.get('error') ?? 'the provider sent no code' });
    return code;
  }
}
