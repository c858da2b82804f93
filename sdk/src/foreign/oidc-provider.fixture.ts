/** Somebody else's issuer: oidc-provider, a certified one, set up as its own documentation says, with nothing of ours in it. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { JWK } from 'jose';
import { certificateAuthority } from '../../../server/testing/certificate-authority.ts';

/** It comes without types; this is what we use of it. */
interface Provider {
  callback(): RequestListener;
}
interface ClientOfProvider {
  clientId: string;
}
const PROVIDER: string = 'oidc-provider';

export const API = 'https://orders.example.com';
/** The same API by another name, whose tokens say nothing. */
export const SEALED = 'https://sealed.example.com';
export const SECRETS = { shop: 'shop-secret', api: 'api-secret' };

export interface ForeignIssuer {
  issuer: string;
  /** Of the client `robot`. */
  privateKey: JWK;
  /** Of the client `billing`, and of the listener that asks for it. */
  certificate: { cert: string; key: string; ca: string };
  close(): Promise<void>;
}

/** @param application - where a page is that signs people in; its client is `board`. */
export async function startForeignIssuer(
  alg: 'ES256' | 'RS256' | 'PS256' | 'EdDSA',
  application?: string,
): Promise<ForeignIssuer> {
  const authority = certificateAuthority('theirs');
  const listener: { handle: RequestListener } = { handle: (_, response) => response.end() };
  const handle: RequestListener = (request, response) => listener.handle(request, response);
  const plain = createServer(handle);
  const server = authority.issue('/CN=server', { san: 'DNS:localhost' });
  const tls = createTlsServer({ ...server, ca: authority.pem, requestCert: true, rejectUnauthorized: false }, handle);
  const portOf = async (each: typeof plain | typeof tls) => {
    await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
    return (each.address() as AddressInfo).port;
  };
  const issuer = `http://localhost:${await portOf(plain)}`;
  const forCertificates = `https://localhost:${await portOf(tls)}`;
  const robot = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const billing = authority.issue('/CN=billing');
  const { default: Provider } = (await import(PROVIDER)) as {
    default: new (issuer: string, settings: object) => Provider;
  };
  const publicKey = { ...robot.publicKey.export({ format: 'jwk' }), kid: 'robot-1', use: 'sig' };
  listener.handle = new Provider(issuer, settings(alg, publicKey, forCertificates, application)).callback();
  return {
    issuer,
    privateKey: { ...robot.privateKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'robot-1' },
    certificate: { ...billing, ca: authority.pem },
    async close() {
      for (const each of [plain, tls]) {
        each.closeAllConnections();
        each.close();
      }
      authority.close();
    },
  };
}

function settings(alg: string, robot: JWK, forCertificates: string, application: string | undefined): object {
  const machine = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: 'orders:read' };
  return {
    jwks: { keys: [{ ...signingKey(alg), alg, use: 'sig', kid: 'k1' }] },
    clients: [
      { ...machine, client_id: 'shop', client_secret: SECRETS.shop, id_token_signed_response_alg: alg },
      {
        ...machine,
        client_id: 'robot',
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [robot] },
        id_token_signed_response_alg: alg,
      },
      {
        ...machine,
        client_id: 'billing',
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth_subject_dn: 'CN=billing',
        tls_client_certificate_bound_access_tokens: true,
        id_token_signed_response_alg: alg,
      },
      { ...machine, client_id: 'api', client_secret: SECRETS.api, id_token_signed_response_alg: alg },
      ...(application === undefined ? [] : [pageOf(application, alg)]),
    ],
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt', 'tls_client_auth', 'none'],
    scopes: ['openid', 'profile', 'offline_access', 'tasks:read', 'orders:read'],
    // What a page of another origin needs of any issuer.
    clientBasedCORS: () => true,
    issueRefreshToken: async (_: unknown, client: ClientOfProvider) => client.clientId === 'board',
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId, name: 'Grace' }) }),
    claims: { openid: ['sub'], profile: ['name'] },
    conformIdTokenClaims: false,
    ttl: { ClientCredentials: 300 },
    discovery: { mtls_endpoint_aliases: { token_endpoint: `${forCertificates}/token` } },
    features: {
      // Its own sign-in pages, where there is somebody to sign in.
      devInteractions: { enabled: application !== undefined },
      clientCredentials: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: async (_: unknown, { clientId }: ClientOfProvider) => clientId === 'api',
      },
      revocation: { enabled: true },
      dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        tlsClientAuth: true,
        getCertificate: ({ socket }: { socket: TLSSocket }) => socket.getPeerX509Certificate?.()?.toString(),
        certificateAuthorized: ({ socket }: { socket: TLSSocket }) => socket.authorized,
        certificateSubjectMatches: ({ socket }: { socket: TLSSocket }, property: string, expected: string) =>
          property === 'tls_client_auth_subject_dn' && `CN=${socket.getPeerCertificate().subject.CN}` === expected,
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_: unknown, resource: string) => ({
          scope: 'orders:read',
          audience: resource,
          accessTokenFormat: resource === SEALED ? 'opaque' : 'jwt',
          jwt: { sign: { alg } },
        }),
      },
    },
  };
}

function pageOf(application: string, alg: string): object {
  return {
    client_id: 'board',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: ['/', '/dpop/'].map((folder) => `${application}${folder}callback`),
    post_logout_redirect_uris: ['/', '/dpop/'].map((folder) => `${application}${folder}bye`),
    scope: 'openid profile offline_access tasks:read',
    id_token_signed_response_alg: alg,
  };
}

function signingKey(alg: string): JWK {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : alg === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ format: 'jwk' });
}
