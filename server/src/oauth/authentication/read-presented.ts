import { oauthErrors } from '../errors.ts';
import { type Params, param } from '../protocol/read-params.ts';

/** What a request carries to say which client it comes from. Nothing is verified yet. */
export type Presented =
  | { by: 'basic' | 'post'; clientId: string; secret: string }
  | { by: 'assertion'; clientId: string | undefined; assertion: string }
  /** The client's id and nothing else in the request: a public client, or one that shows a certificate. */
  | { by: 'id'; clientId: string };

/** RFC 7523 §2.2. */
export const JWT_BEARER_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Long enough for any name and secret of ours, short enough that hashing it is nothing. */
const PRESENTED_LENGTH_MAX = 512;
const ASSERTION_LENGTH_MAX = 8192;

const NO_CLIENT =
  'The request names no client. Authenticate with HTTP Basic, or send client_id (and client_secret) in the body.';
const BASIC_MALFORMED =
  'The Authorization header is not HTTP Basic of client_id:client_secret. Form-encode both, then base64 (RFC 6749 §2.3.1).';

/** RFC 6749 §2.3: the client MUST NOT use more than one authentication method in each request. */
export function readPresented(params: Params, authorization: string | undefined): Presented {
  const bodyId = param(params, 'client_id');
  const secret = param(params, 'client_secret');
  const assertion = param(params, 'client_assertion');
  const type = param(params, 'client_assertion_type');
  const ways = [authorization, secret, assertion ?? type].filter((way) => way !== undefined);
  if (ways.length > 1) throw oauthErrors.client_credentials_twice();
  if (authorization !== undefined) return bounded(readBasic(authorization, bodyId));
  if (assertion !== undefined || type !== undefined) return readAssertion(assertion, type, bodyId);
  if (bodyId === undefined) throw oauthErrors.client_unauthenticated({ message: NO_CLIENT });
  return bounded(secret === undefined ? { by: 'id', clientId: bodyId } : { by: 'post', clientId: bodyId, secret });
}

function readAssertion(assertion: string | undefined, type: string | undefined, clientId: string | undefined) {
  if (type !== JWT_BEARER_ASSERTION || assertion === undefined || assertion.length > ASSERTION_LENGTH_MAX) {
    throw oauthErrors.client_unauthenticated({
      message: `Send client_assertion together with client_assertion_type=${JWT_BEARER_ASSERTION} (RFC 7523 section 2.2).`,
    });
  }
  return { by: 'assertion' as const, clientId, assertion };
}

function readBasic(authorization: string, bodyId: string | undefined): Presented & { by: 'basic' } {
  const match = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization);
  const decoded = match?.[1] === undefined ? undefined : Buffer.from(match[1], 'base64').toString('utf8');
  const colon = decoded?.indexOf(':') ?? -1;
  if (decoded === undefined || colon < 1) {
    throw oauthErrors.client_unauthenticated({ message: BASIC_MALFORMED });
  }
  const clientId = formDecode(decoded.slice(0, colon));
  if (bodyId !== undefined && bodyId !== clientId) {
    throw oauthErrors.client_credentials_twice({
      message: 'client_id in the body differs from the one in the Authorization header. Leave it out of the body.',
    });
  }
  return { by: 'basic', clientId, secret: formDecode(decoded.slice(colon + 1)) };
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function formDecode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw oauthErrors.client_unauthenticated({ message: BASIC_MALFORMED, cause });
  }
}

function bounded<P extends Presented & { by: 'basic' | 'post' | 'id' }>(presented: P): P {
  const secret = 'secret' in presented ? presented.secret : '';
  if (presented.clientId.length > PRESENTED_LENGTH_MAX || secret.length > PRESENTED_LENGTH_MAX) {
    throw oauthErrors.client_unauthenticated();
  }
  return presented;
}
