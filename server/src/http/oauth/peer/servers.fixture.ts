/** Both servers, with the same clients, the same API and the same person signed in. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { openIssuer } from '../issuer.fixture.ts';
import { API, AUTHORIZE, CALLBACK, encode, type Side } from './side.fixture.ts';

/** It comes without types; this is what we use of it. */
interface Peer {
  callback(): RequestListener;
  interactionFinished(
    request: IncomingMessage,
    response: ServerResponse,
    result: object,
    options: object,
  ): Promise<void>;
}
const PEER: string = 'oidc-provider';

interface PeerContext {
  type: string;
  body: string;
  oidc: {
    client?: { clientId: string };
    session?: { accountId?: string };
    provider: {
      Grant: new (
        of: object,
      ) => {
        addOIDCScope(scope: string): void;
        addResourceScope(resource: string, scope: string): void;
        save(): Promise<string>;
      };
    };
  };
}
type PeerClient = { clientId: string; grantTypeAllowed(grant: string): boolean };

const SCOPES = ['openid', 'profile', 'email', 'offline_access', 'weather:read'];
const CLIENTS = [
  { name: 'page', type: 'public', grants: ['authorization_code', 'refresh_token'] },
  { name: 'app', type: 'confidential', grants: ['authorization_code', 'refresh_token'] },
  { name: 'once', type: 'confidential', grants: ['authorization_code'] },
  { name: 'machine', type: 'confidential', grants: ['client_credentials'] },
] as const;

export async function openOurs(): Promise<Side & { close(): Promise<void> }> {
  const issuer = await openIssuer({
    resources: CLIENTS.filter(({ name }) => name !== 'machine').map(({ name, type, grants }) =>
      withApi(name, type, grants),
    ),
  });
  const secrets: Record<string, string> = {};
  for (const { name, type } of CLIENTS) if (type === 'confidential') secrets[name] = await issuer.secretOf(name);
  return {
    name: 'ours',
    origin: issuer.origin,
    endpoints: {
      authorize: '/oauth/authorize',
      token: '/oauth/token',
      introspect: '/oauth/introspect',
      revoke: '/oauth/revoke',
      userinfo: '/oauth/userinfo',
      jwks: '/.well-known/jwks.json',
      discovery: '/.well-known/openid-configuration',
    },
    secrets,
    cookies: 'who=alice',
    // At the foot of the page, with the error's id.
    errorOnPage: (text) => /\b([a-z]+_[a-z_]+) · err_/.exec(text)?.[1],
    close: () => issuer.close(),
  };
}

function withApi(name: string, type: string, grants: readonly string[]) {
  const web = { redirectUris: [CALLBACK], firstParty: true };
  return { kind: 'client', name, spec: { type, grants, scopes: SCOPES, apis: ['weather'], ...web } };
}

export async function openTheirs(): Promise<Side & { close(): Promise<void> }> {
  const listener: { handle: RequestListener } = { handle: (_, response) => response.end() };
  const server = createServer((request, response) => listener.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const secrets = { app: 'app-secret', once: 'once-secret', machine: 'machine-secret' };
  const { default: Provider } = (await import(PEER)) as { default: new (issuer: string, options: object) => Peer };
  const provider = new Provider(origin, configuration(secrets));
  const answer = provider.callback();
  listener.handle = (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return void answer(request, response);
    // The sign-in page: whoever comes here is Alice, and agrees.
    const result = { login: { accountId: 'usr_alice', amr: ['pwd'], acr: '1' } };
    provider
      .interactionFinished(request, response, result, { mergeWithLastSubmission: true })
      .catch((error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      });
  };
  return {
    name: 'theirs',
    origin,
    endpoints: {
      authorize: '/auth',
      token: '/token',
      introspect: '/token/introspection',
      revoke: '/token/revocation',
      userinfo: '/me',
      jwks: '/jwks',
      discovery: '/.well-known/openid-configuration',
    },
    secrets,
    cookies: await signIn(origin),
    errorOnPage: (text) => /"error":"([a-z_]+)"/.exec(text)?.[1],
    close: () => new Promise((resolve) => server.close(() => resolve()) && server.closeAllConnections()),
  };
}

/** As near to ours as its options go; what remains is in the table of differences. */
function configuration(secrets: Readonly<Record<string, string>>): object {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'k' }] },
    clients: CLIENTS.map(({ name, type, grants }) => ({
      client_id: name,
      ...(type === 'public' ? { token_endpoint_auth_method: 'none' as const } : { client_secret: secrets[name] }),
      grant_types: [...grants],
      response_types: name === 'machine' ? [] : ['code' as const],
      redirect_uris: name === 'machine' ? [] : [CALLBACK],
      scope: name === 'machine' ? 'weather:read' : SCOPES.join(' '),
      id_token_signed_response_alg: 'ES256' as const,
    })),
    scopes: SCOPES,
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    enableHttpPostMethods: true,
    issueRefreshToken: async (_ctx: unknown, client: PeerClient) => client.grantTypeAllowed('refresh_token'),
    ttl: { AccessToken: 900, AuthorizationCode: 60, ClientCredentials: 900, IdToken: 3600, RefreshToken: 86_400 },
    cookies: { keys: ['matrix'], long: { sameSite: 'none' } },
    findAccount: (_ctx: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId, name: 'Alice', email: 'alice@example.com', email_verified: true }),
    }),
    // Nobody is asked: all clients are first-party.
    loadExistingGrant: async (ctx: PeerContext) => {
      const { client, session, provider } = ctx.oidc;
      const grant = new provider.Grant({ clientId: client?.clientId ?? '', accountId: session?.accountId ?? '' });
      grant.addOIDCScope(SCOPES.join(' '));
      grant.addResourceScope(API, 'weather:read');
      await grant.save();
      return grant;
    },
    interactions: { url: (_ctx: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    renderError: async (ctx: PeerContext, out: object) => {
      ctx.type = 'json';
      ctx.body = JSON.stringify(out);
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: async (_: unknown, client: PeerClient, token: PeerClient) => token.clientId === client.clientId,
      },
      revocation: { enabled: true },
      requestObjects: { enabled: true },
      claimsParameter: { enabled: true },
      userinfo: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'weather:read',
          audience: API,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  };
}

/** Through the sign-in page once, keeping cookies. */
async function signIn(origin: string): Promise<string> {
  const jar = new Map<string, string>();
  let url = `${origin}/auth?${encode(AUTHORIZE)}`;
  for (let step = 0; step < 6 && url.startsWith(origin); step += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    url = new URL(answer.headers.get('location') ?? 'about:blank', url).href;
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}
