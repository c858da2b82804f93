import type { GatehouseInstance } from '../measure/gatehouse-instance.ts';

export const PATH = '/weather/tokyo';
/** A limit that is counted on every request and never reached. */
const LIMIT = 10_000_000;

/** A route with everything on before the upstream, a key that it takes, and a token. */
export async function setUp(
  gatehouse: GatehouseInstance,
  upstreamPort: number,
): Promise<{ key: string; token: string }> {
  await gatehouse.apply(`
kind: api
name: weather
spec: {audience: 'http://bench.example/weather', scopes: {'weather:read': Read climate normals}}
---
kind: policy
name: weather-readers
spec:
  cedar: |
    permit (principal, action == Action::"weather:read", resource is City) when { principal.scopes.contains("weather:read") };
---
kind: route
name: weather-city
spec:
  match: {path: '/weather/{city}', methods: [GET]}
  api: weather
  authorize: {scopes: ['weather:read'], policies: required, action: 'weather:read', resource: {type: City, id: '{city}'}}
  limit: {requests: ${LIMIT}, perSeconds: 60}
  upstream: {url: 'http://127.0.0.1:${upstreamPort}', path: '/{city}'}
---
kind: client
name: bench
spec: {type: confidential, grants: [client_credentials], scopes: ['weather:read'], apis: [weather]}
`);
  const { key } = await gatehouse.admin('POST', '/keys', { name: 'bench', scopes: ['weather:read'] });
  const { secret } = await gatehouse.admin('POST', '/clients/bench/secrets', {});
  const response = await fetch(`${gatehouse.controlUrl}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`bench:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return { key: String(key), token };
}
