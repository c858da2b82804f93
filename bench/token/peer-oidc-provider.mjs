/** The reference peer: oidc-provider with its in-memory adapter, client credentials, ES256 JWT access tokens. Argument: its port. */
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { API_AUDIENCE, CLIENT_ID, CLIENT_SECRET, SCOPE } from './request.ts';

const port = Number(process.argv[2]);
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
  ],
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
