import type { ClientCredentials } from '../net/client-authentication.ts';
import { createDpopKey } from '../net/dpop-key.ts';
import { type Fetch, isSafeUrl } from '../net/fetch-json.ts';
import { createIssuerMetadata } from '../net/issuer-metadata.ts';
import type { Auth } from '../verify/auth.ts';
import { ConfigurationError } from '../verify/auth-error.ts';
import { BoundedCache } from '../verify/bounded-cache.ts';
import { sha256 } from '../verify/digest.ts';
import { createAuthorizedFetch } from './authorized-fetch.ts';
import { requestToken, type ServiceToken, type TokenRequester } from './request-token.ts';
import { createTokenSource, type TokenSource } from './token-source.ts';

/** What a token is for. */
export interface TokenTarget {
  scope?: string | readonly string[];
  /** The API it is for (RFC 8707): its audience. */
  resource?: string;
}

export interface ServiceClientOptions extends ClientCredentials, TokenTarget {
  issuer: string;
  /** Tokens are bound to a key of this process (RFC 9449): a stolen one is worth nothing. */
  dpop?: boolean;
  /**
   * How requests are made with this service's client certificate (RFC 8705): `createCertificateFetch` of `@gatehouse/sdk/mtls`,
   * or what a platform has for it. It says who this is, unless there is a secret or a key as well, and tokens are bound to it
   * where the client is registered so.
   */
  certificate?: Fetch;
  /** Tokens may travel by plain http, within a network that nobody else reads. */
  plainHttp?: boolean;
  fetch?: Fetch;
  /** Milliseconds. */
  now?: () => number;
}

/** Calls APIs as somebody. */
export interface ServiceCaller {
  token(): Promise<ServiceToken>;
  /** `fetch`, with a token. */
  fetch: typeof fetch;
}

export interface ServiceClient extends ServiceCaller {
  /** The same service for another API, or with other scopes. */
  for(target: TokenTarget): ServiceCaller;
  /**
   * As the caller whose token this service was called with (RFC 8693). The next service sees who it is for, and who acts.
   */
  onBehalfOf(caller: Auth | string, target?: TokenTarget): ServiceCaller;
}

const TARGETS_MAX = 1_000;
/** Callers of late: each has a token of their own. */
const CALLERS_MAX = 5_000;
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const TOKEN_TYPES = {
  access_token: 'urn:ietf:params:oauth:token-type:access_token',
  /** Gatehouse's own: no standard names it. */
  'api-key': 'urn:gatehouse:params:oauth:token-type:api-key',
} as const;

/**
 * Calls other services as this one. Make one for a process: it keeps tokens until they are nearly over.
 *
 * @example
 * ```ts
 * import { createServiceClient } from '@gatehouse/sdk/service';
 *
 * const orders = createServiceClient({
 *   issuer: 'https://id.example.com',
 *   clientId: 'shop',
 *   clientSecret: process.env.SHOP_SECRET ?? '',
 *   resource: 'https://orders.example.com',
 *   scope: 'orders:read',
 * });
 *
 * export const listOrders = async () => (await orders.fetch('https://orders.example.com/orders')).json();
 * ```
 *
 * @throws ConfigurationError when an option can not be.
 */
export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  checkOptions(options);
  const { issuer, plainHttp = false, now = Date.now } = options;
  const fetch: Fetch = options.certificate ?? options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const dpop = options.dpop === true ? createDpopKey(now) : undefined;
  const metadata = createIssuerMetadata({ issuer, fetch, now });
  const hasCertificate = options.certificate !== undefined;
  const requester: TokenRequester = { issuer, credentials: options, metadata, dpop, hasCertificate, fetch, now };
  const targets = new BoundedCache<string, ServiceCaller>(TARGETS_MAX);
  const callers = new BoundedCache<string, TokenSource>(CALLERS_MAX);

  const callerOf = (source: TokenSource): ServiceCaller => ({
    token: () => source.token(),
    fetch: createAuthorizedFetch({ source, dpop, fetch, plainHttp }),
  });

  function forTarget(target: TokenTarget): ServiceCaller {
    const grant = { grant_type: 'client_credentials', ...targetParams({ ...targetOf(options), ...target }) };
    const key = JSON.stringify(grant);
    const known = targets.get(key) ?? callerOf(createTokenSource(() => requestToken(requester, grant), now));
    targets.set(key, known);
    return known;
  }

  /** By the hash of the token: of what was not sent to the issuer nothing is kept. */
  async function exchanged(subjectToken: string, target: TokenTarget): Promise<TokenSource> {
    const params = targetParams(target);
    const key = `${await sha256(subjectToken)} ${JSON.stringify(params)}`;
    const kind = /^gh_(?:live|test)_/.test(subjectToken) ? 'api-key' : 'access_token';
    const grant = {
      grant_type: TOKEN_EXCHANGE,
      subject_token: subjectToken,
      subject_token_type: TOKEN_TYPES[kind],
      ...params,
    };
    const known = callers.get(key) ?? createTokenSource(() => exchange(grant), now);
    callers.set(key, known);
    return known;
  }

  /** With this service's own token beside it, so that it is named as the one who acts (RFC 8693 §4.1). */
  async function exchange(grant: Readonly<Record<string, string>>): Promise<ServiceToken> {
    const { accessToken } = await own.token();
    return requestToken(requester, { ...grant, actor_token: accessToken, actor_token_type: TOKEN_TYPES.access_token });
  }

  const own = forTarget({});
  return {
    ...own,
    for: forTarget,
    onBehalfOf(caller, target = {}) {
      if (typeof caller !== 'string' && caller.kind === 'identity') throw new ConfigurationError(NO_TOKEN);
      const subjectToken = typeof caller === 'string' ? caller : caller.token;
      const find = () => exchanged(subjectToken, { ...targetOf(options), ...target });
      let source: TokenSource | undefined;
      return callerOf({
        async token() {
          source = await find();
          return source.token();
        },
        drop: (token) => source?.drop(token),
        expiresAt: () => source?.expiresAt(),
      });
    },
  };
}

const NO_TOKEN =
  "What the gateway says of a caller is no token that could be exchanged. Let the route send one (upstream.accessToken), and take it without from: 'gateway'.";

function targetOf({ scope, resource }: TokenTarget): TokenTarget {
  return { ...(scope === undefined ? {} : { scope }), ...(resource === undefined ? {} : { resource }) };
}

function targetParams({ scope, resource }: TokenTarget): Record<string, string> {
  const scopes = typeof scope === 'string' ? scope : (scope ?? []).join(' ');
  return { ...(scopes === '' ? {} : { scope: scopes }), ...(resource === undefined ? {} : { resource }) };
}

function checkOptions(options: ServiceClientOptions): void {
  const { issuer, clientId, clientSecret, privateKey, workloadToken, certificate, fetch, dpop } = options;
  if (!isSafeUrl(issuer)) throw new ConfigurationError('issuer must be an https address (http only on this machine).');
  if (clientId === '') throw new ConfigurationError('clientId must not be empty. Is a variable unset?');
  if (clientSecret === '') throw new ConfigurationError('clientSecret must not be empty. Is a variable unset?');
  const given = [clientSecret, privateKey, workloadToken].filter((each) => each !== undefined);
  if (given.length > 1 || (given.length === 0 && certificate === undefined)) {
    throw new ConfigurationError(
      'A service needs exactly one of clientSecret, privateKey and workloadToken, or a certificate.',
    );
  }
  if (certificate !== undefined && fetch !== undefined) {
    throw new ConfigurationError('Requests are made by certificate; leave fetch out.');
  }
  // RFC 7800 §3: a token has one confirmation. Which one would be the issuer's choice.
  if (certificate !== undefined && dpop === true) {
    throw new ConfigurationError('Tokens are bound to the certificate or to a DPoP key: leave one of the two out.');
  }
}
