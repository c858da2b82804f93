/** The issuer on a real listener, with a stand-in for the sign-in page: a cookie says who sits at the browser. */
import Fastify from 'fastify';
import { auditMigrations } from '#audit';
import { createSafeFetch, DEFAULT_TENANT_ID, systemPrincipal, systemRandom } from '#base';
import { keyringMigrations, openKeyring, openSigningKeys } from '#keyring';
import { apiKind, clientKind, issueClientSecret, oauthMigrations, openOAuth, singleIssuer } from '#oauth';
import { applyResources, kindRegistry, readPlainDocuments, resourcesMigrations, systemCaller } from '#resources';
import { cookiesFor } from '#signin';
import { recordChange } from '#store';
import { fixedClock, openTestStore, testLogger } from '#testing';
import { guardRoutes } from '../access.ts';
import { createConfinement } from '../confinement.ts';
import { answerDirectly } from '../direct/answer-directly.ts';
import { openMetrics } from '../metrics.ts';
import { answerError } from '../problem.ts';
import { addSecurityHeaders } from '../security-headers.ts';
import { pageViews } from '../signin/page-view.ts';
import { ZOD_SCHEMAS } from '../validation.ts';
import { clientSecretRoutes } from './client-secret-routes.ts';
import { directTokenEndpoints, oauthRoutes } from './oauth-routes.ts';

export const ISSUER = 'http://localhost:7700';
export const AUDIENCE = 'https://weather.example.com';
const tenantId = DEFAULT_TENANT_ID;
const viewOf = pageViews({ cookies: cookiesFor(ISSUER), issuerOrigin: ISSUER });
const kinds = kindRegistry([apiKind, clientKind]);

const RESOURCES = [
  { kind: 'api', name: 'weather', spec: { audience: AUDIENCE, scopes: { 'weather:read': 'Read the weather' } } },
  {
    kind: 'client',
    name: 'machine',
    spec: { type: 'confidential', grants: ['client_credentials'], scopes: ['weather:read'], apis: ['weather'] },
  },
  {
    kind: 'client',
    name: 'web',
    spec: {
      type: 'confidential',
      grants: ['authorization_code', 'refresh_token'],
      redirectUris: ['https://web.example.com/callback'],
      scopes: ['openid', 'profile', 'email', 'weather:read'],
      apis: ['weather'],
    },
  },
  {
    kind: 'client',
    name: 'spa',
    spec: {
      type: 'public',
      grants: ['authorization_code', 'refresh_token'],
      redirectUris: ['https://spa.example.com/callback'],
      scopes: ['openid', 'email', 'weather:read'],
      apis: ['weather'],
      firstParty: true,
    },
  },
  {
    kind: 'client',
    name: 'tv',
    spec: { type: 'public', grants: ['device_code'], scopes: ['openid', 'weather:read'], apis: ['weather'] },
  },
];

export interface IssuerOptions {
  onFrameworkRequest?: () => void;
  /** Declared beside the others. */
  resources?: readonly object[];
}

export async function openIssuer({ onFrameworkRequest, resources = [] }: IssuerOptions = {}) {
  // openid-client looks at the real time, so this clock starts there; it moves only when told.
  const clock = fixedClock(new Date().toISOString());
  const store = await openTestStore([auditMigrations, keyringMigrations, resourcesMigrations, oauthMigrations], {
    clock,
  });
  const base = { store, recordChange, clock, random: systemRandom, log: testLogger() };
  const environment = { KEY: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64') };
  const keyring = await openKeyring({ ...base, masterKey: { kind: 'environment', variable: 'KEY', environment } });
  const signingKeys = await openSigningKeys({ ...base, keyring });
  await signingKeys.ensure(tenantId);
  await applyResources(base, {
    caller: systemCaller(tenantId, 'test'),
    documents: readPlainDocuments(kinds, [...RESOURCES, ...resources]),
  });
  const oauth = await openOAuth({
    ...base,
    keyring,
    signingKeys,
    issuers: singleIssuer(ISSUER),
    fetches: { clients: createSafeFetch(), issuers: createSafeFetch(), backChannel: createSafeFetch() },
    users: {
      userClaims: async () => ({ name: 'Alice', email: 'alice@example.com', emailVerified: true, roles: ['analyst'] }),
      claimsOfMany: async (_tx, _tenantId, people) =>
        people.map(() => ({ name: 'Alice', email: 'alice@example.com', emailVerified: true, roles: ['analyst'] })),
      userByEmail: async () => undefined,
      standing: async (_, ids) => new Map(ids.map((id) => [id, 0])),
    },
    organizations: { domainsOf: () => [] },
    signin: {
      acrValues: ['aal1', 'aal2'],
      endedSessions: async () => new Set(),
      endedSessionsIn: async () => new Set(),
      endSession: async () => undefined,
      currentSession: async ({ cookie }) =>
        cookie?.includes('who=alice') === true
          ? {
              userId: 'usr_alice',
              sessionId: 'ses_1',
              authTime: Math.floor(clock.now() / 1000),
              amr: ['pwd'],
              acr: '1',
            }
          : undefined,
    },
  });

  const server = Fastify({ schemaController: ZOD_SCHEMAS });
  server.setErrorHandler(answerError);
  addSecurityHeaders(server, { issuer: ISSUER });
  server.addHook('onRequest', async () => onFrameworkRequest?.());
  guardRoutes(server, {
    confinement: createConfinement(),
    authenticateAdmin: (credential) =>
      ['reader', 'writer'].includes(credential)
        ? { ok: true, principal: { ...systemPrincipal(tenantId, credential), roles: [credential] } }
        : { ok: false, reason: 'unknown', description: 'unknown' },
    permissionsOf: ({ roles }) => {
      const held = roles.includes('writer') ? ['clients:read', 'clients:write'] : ['clients:read'];
      return { includes: (permission: string) => held.includes(permission) } as never;
    },
  });
  const routes = { ...base, oauth, tenantId, issuer: ISSUER, viewOf };
  await server.register(oauthRoutes(routes));
  await server.register(clientSecretRoutes({ ...base, keyring }));
  const direct = { ...base, issuer: ISSUER, trustedProxies: ['127.0.0.2'], metrics: openMetrics() };
  answerDirectly(server, direct, directTokenEndpoints(routes));
  const origin = await server.listen({ host: '127.0.0.1', port: 0 });

  return {
    server,
    origin,
    clock,
    oauth,
    secretOf: async (clientId: string) => {
      const actor = systemPrincipal(tenantId, 'test');
      return (await issueClientSecret({ ...base, keyring }, { tenantId, clientId, actor })).secret;
    },
    /** What is asked of the issuer goes to where it listens. */
    fetch: (url: string, options?: RequestInit) =>
      fetch(url.replace(ISSUER, origin), { redirect: 'manual', ...options }),
    async close() {
      await server.close();
      oauth.close();
      signingKeys.close();
      keyring.close();
      await store.close();
    },
  };
}
