import type { Clock, Principal } from '#base';
import type { SigningKeys } from '#keyring';
import type { Api, Client, ClientDirectory } from '../clients/client-directory.ts';
import { GATEWAY_CLIENT_ID } from '../clients/own-applications.ts';
import { type IssueAccessTokenDeps, issueAccessToken } from '../grants/issue-access-token.ts';
import { DELEGATED_TYPES } from '../tokens/access-token-claims.ts';
import { RecentCache } from '../tokens/recent-cache.ts';
import { keyIdOf } from '../tokens/sign-identity.ts';
import { exchangedClaims } from './exchanged-claims.ts';
import { PARTY_READERS, type PresentedParty, partyOfPrincipal, type ReadPartyDeps } from './presented-party.ts';
import { TOKEN_TYPES } from './token-types.ts';

export interface UpstreamTokens {
  /**
   * An access token for the API behind the gateway, about whoever calls: what a service shows as its subject_token when it
   * calls another (RFC 8693). Ends with the caller's own credential. At once when one is at hand.
   * @returns undefined when the caller can't be told in a token of ours, as somebody whom another issuer vouches for.
   */
  tokenFor(caller: UpstreamCaller, target: UpstreamTokenTarget, now: number): string | Promise<string> | undefined;
}

export interface UpstreamCaller {
  principal: Principal;
  /** The token by which it is known, where it is one. */
  accessToken: string | undefined;
}

export interface UpstreamTokenTarget {
  /** By name. */
  api: string;
  /** At most these; undefined: all that the API knows. */
  scopes: readonly string[] | undefined;
}

export interface UpstreamTokensDeps extends IssueAccessTokenDeps, ReadPartyDeps {
  clock: Clock;
  signingKeys: Pick<SigningKeys, 'sign' | 'verificationKey'>;
  clients: Pick<ClientDirectory, 'client' | 'api' | 'version'>;
}

/** Long enough for a call and the calls that it makes; what must last longer is exchanged for something that does. */
const LIFETIME_SECONDS_MAX = 300;
const CACHED_MAX = 10_000;

interface Issued {
  token: string | Promise<string>;
  /** Milliseconds: until then it is handed out, so that what the upstream gets is good for as long again. */
  from: number;
  until: number;
  /** Of the APIs and clients it was made from. */
  clientsVersion: number;
  /** Of a JWT, once it is signed. */
  kid: string | undefined;
}

export function createUpstreamTokens(deps: UpstreamTokensDeps): UpstreamTokens {
  const cache = new RecentCache<Issued>(CACHED_MAX);
  /** In front of it, as verifiers hand out the same principal for as long as a credential stays as it is. */
  const latest = new WeakMap<Principal, { target: UpstreamTokenTarget; issued: Issued }>();
  return {
    tokenFor(caller, target, now) {
      const { principal } = caller;
      const last = latest.get(principal);
      if (last?.target === target && isFresh(deps, last.issued, principal.tenantId, now)) return last.issued.token;
      const key = JSON.stringify([target.api, target.scopes, principal]);
      const known = cache.get(key);
      if (known !== undefined && isFresh(deps, known, principal.tenantId, now)) {
        // Not while it is being signed: that may still fail, and a failure must not be remembered.
        if (typeof known.token === 'string') latest.set(principal, { target, issued: known });
        return known.token;
      }
      const api = deps.clients.api(principal.tenantId, target.api);
      const client = deps.clients.client(principal.tenantId, GATEWAY_CLIENT_ID);
      if (api === undefined || client === undefined) return undefined;
      const party = partyOf(deps, client, caller, now);
      if (party === undefined) return undefined;
      const secondsLeft = Math.min(
        LIFETIME_SECONDS_MAX,
        api.accessTokenTtlSeconds,
        (party.expiresAt ?? Number.POSITIVE_INFINITY) - Math.floor(now / 1000),
      );
      const issued: Issued = {
        token: '',
        from: now,
        until: now + (secondsLeft * 1000) / 2,
        clientsVersion: deps.clients.version,
        kid: undefined,
      };
      issued.token = issue(deps, { api, client, party, wanted: target.scopes, secondsLeft }, now);
      if (issued.token instanceof Promise) {
        issued.token = issued.token.then(
          (token) => {
            issued.token = token;
            issued.kid = keyIdOf(token);
            return token;
          },
          (cause: unknown) => {
            cache.delete(key);
            throw cause;
          },
        );
      }
      cache.set(key, issued);
      return issued.token;
    },
  };
}

/** A declaration that changed since may have taken a scope away, and a key may have been withdrawn. */
function isFresh(
  { clients, signingKeys }: UpstreamTokensDeps,
  { from, until, clientsVersion, kid }: Issued,
  tenantId: string,
  now: number,
): boolean {
  if (now < from || now >= until || clientsVersion !== clients.version) return false;
  return kid === undefined || signingKeys.verificationKey(tenantId, kid) !== undefined;
}

function partyOf(
  deps: UpstreamTokensDeps,
  client: Client,
  { principal, accessToken }: UpstreamCaller,
  now: number,
): PresentedParty | undefined {
  if (accessToken !== undefined) return PARTY_READERS.get(TOKEN_TYPES.accessToken)?.(deps, client, accessToken);
  const type = (['user', ...DELEGATED_TYPES] as const).find((known) => known === principal.type);
  const { type: credential } = principal.credential;
  if (type === undefined || (credential !== 'api_key' && credential !== 'certificate')) return undefined;
  return partyOfPrincipal(principal, type, now);
}

/** For the caller's scopes, as far as the API knows them and the route passes them on. Nobody is added to who acts. */
function issue(
  deps: UpstreamTokensDeps,
  {
    api,
    client,
    party,
    wanted,
    secondsLeft,
  }: {
    api: Api;
    client: Client;
    party: PresentedParty;
    wanted: readonly string[] | undefined;
    secondsLeft: number;
  },
  now: number,
): string | Promise<string> {
  const scopes = party.scopes.filter((scope) => api.scopes.has(scope) && wanted?.includes(scope) !== false);
  const issued = issueAccessToken(deps, client, { api, scopes }, undefined, now, undefined, {
    claims: exchangedClaims(party, party.act),
    ttlSecondsMax: secondsLeft,
  });
  return issued instanceof Promise ? issued.then(({ token }) => token) : issued.token;
}
