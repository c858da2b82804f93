import { type Clock, equalSecrets } from '#base';
import { credentialHash, type Keyring } from '#keyring';
import { oauthErrors } from '../errors.ts';
import { type Params, param } from '../protocol/read-params.ts';
import type { Client, ClientDirectory, ClientSecret } from './client-directory.ts';

export interface AuthenticateClientDeps {
  clients: ClientDirectory;
  keyring: Pick<Keyring, 'mac'>;
  clock: Clock;
}

/** Live secrets one client may have. Two are enough to rotate; a few more let several deployments follow at leisure. */
export const CLIENT_SECRETS_MAX = 5;

/** Compared in place of a secret that does not exist, so that known and unknown clients cost the same work. */
const NO_SECRET: ClientSecret = { id: 'none', hash: Buffer.alloc(32), expiresAt: 0 };

interface Presented {
  clientId: string;
  secret: string | undefined;
}

/**
 * Client authentication (RFC 6749 §2.3): client_secret_basic, client_secret_post, or none for public clients.
 * Every failure reads the same, so that nobody learns which clients exist.
 */
export function authenticateClient(
  deps: AuthenticateClientDeps,
  request: { tenantId: string; params: Params; authorization?: string | undefined },
): Client {
  const { clientId, secret } = readPresented(request.params, request.authorization);
  const client = deps.clients.client(request.tenantId, clientId);
  if (secret === undefined) {
    // A confidential client that shows no secret is not authenticated, whatever it knows (RFC 6749 §3.2.1).
    if (client?.type === 'public') return client;
    throw oauthErrors.client_unauthenticated();
  }
  const known = isLiveSecret(deps, client, secret);
  if (client?.type !== 'confidential' || !known) throw oauthErrors.client_unauthenticated();
  return client;
}

function isLiveSecret({ clients, keyring, clock }: AuthenticateClientDeps, client: Client | undefined, secret: string) {
  const hash = Buffer.from(credentialHash(keyring, secret), 'hex');
  const secrets = client === undefined ? [] : clients.secrets(client);
  const now = clock.now();
  let live = false;
  for (let index = 0; index < CLIENT_SECRETS_MAX; index += 1) {
    const candidate = secrets[index] ?? NO_SECRET;
    const equal = equalSecrets(candidate.hash, hash);
    live = (equal && (candidate.expiresAt === undefined || candidate.expiresAt > now)) || live;
  }
  return live;
}

/** Long enough for any name and secret of ours, short enough that hashing it is nothing. */
const PRESENTED_LENGTH_MAX = 512;

function readPresented(params: Params, authorization: string | undefined): Presented {
  const bodyId = param(params, 'client_id');
  const bodySecret = param(params, 'client_secret');
  if (authorization === undefined) {
    if (bodyId === undefined) throw oauthErrors.client_unauthenticated({ message: NO_CLIENT });
    return bounded({ clientId: bodyId, secret: bodySecret });
  }
  const basic = readBasic(authorization);
  // RFC 6749 §2.3: the client MUST NOT use more than one authentication method in each request.
  if (bodySecret !== undefined) throw oauthErrors.client_credentials_twice();
  if (bodyId !== undefined && bodyId !== basic.clientId) {
    throw oauthErrors.client_credentials_twice({
      message: 'client_id in the body differs from the one in the Authorization header. Leave it out of the body.',
    });
  }
  return bounded(basic);
}

const NO_CLIENT =
  'The request names no client. Authenticate with HTTP Basic, or send client_id (and client_secret) in the body.';
const BASIC_MALFORMED =
  'The Authorization header is not HTTP Basic of client_id:client_secret. Form-encode both, then base64 (RFC 6749 §2.3.1).';

function readBasic(authorization: string): { clientId: string; secret: string } {
  const match = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization);
  const decoded = match?.[1] === undefined ? undefined : Buffer.from(match[1], 'base64').toString('utf8');
  const colon = decoded?.indexOf(':') ?? -1;
  if (decoded === undefined || colon < 1) {
    throw oauthErrors.client_unauthenticated({ message: BASIC_MALFORMED });
  }
  return { clientId: formDecode(decoded.slice(0, colon)), secret: formDecode(decoded.slice(colon + 1)) };
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw oauthErrors.client_unauthenticated({ message: BASIC_MALFORMED, cause });
  }
}

function bounded(presented: Presented): Presented {
  if (presented.clientId.length > PRESENTED_LENGTH_MAX || (presented.secret?.length ?? 0) > PRESENTED_LENGTH_MAX) {
    throw oauthErrors.client_unauthenticated();
  }
  return presented;
}
