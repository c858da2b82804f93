/** What is declared in the small world: two APIs, and a client of each sort. */
export const WEATHER = 'https://weather.example.com';
export const BILLING = 'urn:billing';

const code = ['authorization_code', 'refresh_token'];
export const RESOURCES = [
  {
    kind: 'api',
    name: 'weather',
    spec: { audience: WEATHER, scopes: { 'weather:read': 'Read the weather', 'weather:write': 'Make the weather' } },
  },
  {
    kind: 'api',
    name: 'billing',
    spec: { audience: BILLING, scopes: { 'bills:read': 'Read bills' }, accessTokenTtlSeconds: 60 },
  },
  {
    kind: 'client',
    name: 'machine',
    spec: { type: 'confidential', grants: ['client_credentials'], scopes: ['weather:read'], apis: ['weather'] },
  },
  {
    kind: 'client',
    name: 'broad-machine',
    spec: {
      type: 'confidential',
      grants: ['client_credentials'],
      scopes: ['weather:read', 'bills:read'],
      apis: ['weather', 'billing'],
    },
  },
  { kind: 'client', name: 'idle-machine', spec: { type: 'confidential', grants: ['client_credentials'] } },
  {
    kind: 'client',
    name: 'web',
    spec: {
      displayName: 'Web application',
      type: 'confidential',
      grants: code,
      redirectUris: ['https://web.example.com/callback', 'https://web.example.com/callback?tab=1'],
      scopes: ['openid', 'profile', 'email', 'weather:read', 'weather:write'],
      apis: ['weather'],
    },
  },
  {
    kind: 'client',
    name: 'spa',
    spec: {
      type: 'public',
      grants: code,
      redirectUris: ['https://spa.example.com/callback'],
      scopes: ['openid', 'profile', 'email', 'roles', 'offline_access', 'weather:read', 'weather:write'],
      apis: ['weather'],
      firstParty: true,
    },
  },
  {
    kind: 'client',
    name: 'native',
    spec: {
      type: 'public',
      grants: ['authorization_code'],
      redirectUris: ['http://127.0.0.1/callback'],
      scopes: ['openid', 'weather:read'],
      apis: ['weather'],
    },
  },
  {
    kind: 'client',
    name: 'tv',
    spec: {
      displayName: 'Television',
      type: 'public',
      grants: ['device_code', 'refresh_token'],
      scopes: ['openid', 'profile', 'offline_access', 'weather:read'],
      apis: ['weather'],
    },
  },
] as const;
