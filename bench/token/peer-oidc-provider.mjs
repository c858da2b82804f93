/** The reference peer: oidc-provider with its in-memory adapter, ES256 JWT access tokens. Arguments: its port, and one for what is asked beside it. */

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';
import { API_AUDIENCE, CLIENT_ID, CLIENT_SECRET, PUBLIC_CLIENT_ID, REFRESH_SCOPE, SCOPE } from './request.ts';

const [port, besidePort] = process.argv.slice(2).map(Number);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'bench' }] },
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: 'ES256',
    },
    {
      client_id: PUBLIC_CLIENT_ID,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: ['https://web.example.com/callback'],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  rotateRefreshToken: true,
  findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    // Its JWTs it does not introspect, so it is asked about an opaque token.
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => API_AUDIENCE,
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, resource) => ({
        scope: SCOPE,
        audience: API_AUDIENCE,
        accessTokenFormat: resource === API_AUDIENCE ? 'jwt' : 'opaque',
        accessTokenTTL: 900,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});
provider.listen(port, '127.0.0.1');

/** Refresh tokens as its authorization endpoint would have led to, each of a grant of its own. */
async function mintRefreshToken() {
  const client = await provider.Client.find(PUBLIC_CLIENT_ID);
  const grant = new provider.Grant({ clientId: PUBLIC_CLIENT_ID, accountId: 'person' });
  grant.addOIDCScope('openid offline_access');
  grant.addResourceScope(API_AUDIENCE, SCOPE);
  const grantId = await grant.save();
  const token = new provider.RefreshToken({
    accountId: 'person',
    client,
    grantId,
    gty: 'authorization_code',
    resource: API_AUDIENCE,
    scope: REFRESH_SCOPE,
    authTime: Math.floor(Date.now() / 1000),
  });
  return token.save();
}
createServer(async (request, response) => {
  const count = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('count'));
  const tokens = [];
  while (tokens.length < count) tokens.push(await mintRefreshToken());
  response.end(JSON.stringify(tokens));
}).listen(besidePort, '127.0.0.1');
