import { type Clock, GatehouseError, type Logger, type SafeFetch } from '#base';
import type { Alg } from '#keyring';
import type { ClientDirectory } from '../clients/client-directory.ts';
import type { FlowAnswer, FlowRequest, FlowTokens } from '../endpoints/code-flows.ts';
import { oauthErrors } from '../errors.ts';
import { readForeignJwt } from '../jwt/foreign-jwt.ts';
import type { RemoteKeySets } from '../jwt/remote-key-sets.ts';
import { askProvider, type ProviderAnswer } from './ask-provider.ts';
import type { Provider } from './provider.ts';
import { readIdToken } from './provider-id-token.ts';
import { createProviderMetadata } from './provider-metadata.ts';

export interface ForeignFlowTokens extends FlowTokens {
  /** For signing out there; never an access token. */
  idToken: string;
}

/**
 * The code flow at another OpenID provider, for the sessions that the gateway keeps. Everything is fetched through the guard
 * of the purpose `issuers`; the secret goes to the origins that it was set for.
 */
export interface ForeignCodeFlows {
  begin(provider: Provider, request: FlowRequest): Promise<{ location: string }>;
  /** Is this `iss` that of the provider's answers (RFC 9207 §2.4)? */
  answers(provider: Provider, iss: string | undefined): Promise<boolean>;
  /** @throws `provider_refused`, `provider_unavailable` */
  redeem(provider: Provider, answer: FlowAnswer): Promise<ForeignFlowTokens>;
  /** undefined: it is over there. @throws `provider_unavailable`, which says nothing about that. */
  refresh(provider: Provider, kept: ForeignFlowTokens): Promise<ForeignFlowTokens | undefined>;
  /** Takes the tokens back. @returns where to send the browser to sign out there (RP-Initiated Logout), if anywhere. */
  end(provider: Provider, kept: ForeignFlowTokens, returnTo: string): Promise<string | undefined>;
}

export interface ForeignCodeFlowDeps {
  /** Of the purpose `issuers`, as the keys. */
  fetch: SafeFetch;
  issuerKeys: RemoteKeySets;
  clients: Pick<ClientDirectory, 'api'>;
  algs: readonly Alg[];
  clock: Clock;
  log: Logger;
}

/** Of an access token whose life is not told (RFC 6749 §5.1). */
const LIFETIME_SECONDS = 300;
const LIFETIME_SECONDS_MAX = 86_400;
/** Browsers and servers take no more of an address. */
const LOCATION_LENGTH_MAX = 6000;

/** By its own `exp`, which is what it is refused by: a clock of theirs that is behind ours ends it before we renew it. */
function endOf(accessToken: string): number {
  const exp = readForeignJwt(accessToken)?.payload.exp;
  return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : Number.POSITIVE_INFINITY;
}

export function createForeignCodeFlows(deps: ForeignCodeFlowDeps): ForeignCodeFlows {
  const { clients, clock, log } = deps;
  const metadataOf = createProviderMetadata(deps);

  function apiParams({ tenantId, api, apiParameter }: Provider): Record<string, string> {
    if (apiParameter === 'none') return {};
    const found = clients.api(tenantId, api);
    if (found === undefined) throw oauthErrors.target_unknown();
    return { [apiParameter]: found.audience };
  }

  async function tokensOf(
    provider: Provider,
    { answer, nonce, before }: { answer: ProviderAnswer; nonce?: string; before?: ForeignFlowTokens },
  ): Promise<ForeignFlowTokens> {
    const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn } = answer;
    const idToken = answer.id_token ?? before?.idToken;
    if (idToken === undefined) throw refused('it gave no id token');
    const now = clock.now();
    let { userId, sessionId } = before ?? { userId: '', sessionId: undefined };
    if (answer.id_token !== undefined) {
      const { jwksUri } = await metadataOf(provider.issuer);
      const read = await readIdToken(
        idToken,
        { ...provider, nonce, accessToken },
        { now, algs: deps.algs, keysFor: (kid) => deps.issuerKeys.keysAt(jwksUri, kid) },
      );
      if (typeof read === 'string') throw refused(`of its id token, ${read}`);
      userId = `${provider.issuer}#${read.subject}`;
      sessionId = read.sessionId;
    }
    // OpenID Connect Core §12.2: whoever renews is who he was.
    if (before !== undefined && before.userId !== userId) throw refused('it renewed the session of somebody else');
    const lifetime = Math.min(
      expiresIn !== undefined && expiresIn > 0 ? expiresIn : LIFETIME_SECONDS,
      LIFETIME_SECONDS_MAX,
    );
    return {
      accessToken,
      refreshToken: refreshToken ?? before?.refreshToken,
      issuedAt: now,
      expiresAt: Math.min(now + lifetime * 1000, endOf(accessToken)),
      userId,
      sessionId,
      grantId: undefined,
      idToken,
    };
  }

  async function redeem(
    provider: Provider,
    { code, codeVerifier, redirectUri, nonce }: FlowAnswer,
  ): Promise<ForeignFlowTokens> {
    const { tokenEndpoint } = await metadataOf(provider.issuer);
    const form = { grant_type: 'authorization_code', code, code_verifier: codeVerifier, redirect_uri: redirectUri };
    const answer = await askProvider(deps, provider, tokenEndpoint, { ...form, ...apiParams(provider) });
    if (answer === undefined) throw refused('it takes the code for none');
    return tokensOf(provider, { answer, nonce });
  }

  /** What was refused is told to the operator alone. */
  function refused(why: string): GatehouseError {
    return oauthErrors.provider_refused({ cause: new TypeError(why) });
  }

  async function told<T>(provider: Provider, work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      const cause = error instanceof GatehouseError ? (error.cause ?? error) : error;
      log.warn({ err: cause, issuer: provider.issuer }, 'a sign-in at another OpenID provider came to nothing');
      throw error;
    });
  }

  return {
    async begin(provider, request) {
      const { authorizationEndpoint } = await told(provider, metadataOf(provider.issuer));
      const url = new URL(authorizationEndpoint);
      const params: [string, string | undefined][] = [
        ['client_id', provider.clientId],
        ['response_type', 'code'],
        ['redirect_uri', request.redirectUri],
        ['scope', request.scopes.join(' ')],
        ['state', request.state],
        ['nonce', request.nonce],
        ['code_challenge', request.codeChallenge],
        ['code_challenge_method', 'S256'],
        // OpenID Connect Core §11: without it, several give nothing to renew with.
        ['prompt', request.scopes.includes('offline_access') ? 'consent' : undefined],
        ['acr_values', request.acrValues],
        ['max_age', request.maxAgeSeconds?.toString()],
        ...Object.entries(apiParams(provider)),
      ];
      for (const [name, value] of params) if (value !== undefined) url.searchParams.set(name, value);
      return { location: url.href };
    },
    async answers(provider, iss) {
      if (iss !== undefined) return iss === provider.issuer;
      return !(await metadataOf(provider.issuer)).saysIssuer;
    },
    redeem: (provider, answer) => told(provider, redeem(provider, answer)),
    async refresh(provider, kept) {
      if (kept.refreshToken === undefined) return undefined;
      const { tokenEndpoint } = await metadataOf(provider.issuer);
      const form = { grant_type: 'refresh_token', refresh_token: kept.refreshToken, ...apiParams(provider) };
      const answer = await askProvider(deps, provider, tokenEndpoint, form);
      if (answer === undefined) return undefined;
      try {
        return await told(provider, tokensOf(provider, { answer, before: kept }));
      } catch (error) {
        // What it gave can't be used: going on with the old would only ask again.
        if (error instanceof GatehouseError && error.code === 'provider_refused') return undefined;
        throw error;
      }
    },
    async end(provider, kept, returnTo) {
      const { revocationEndpoint, endSessionEndpoint } = await metadataOf(provider.issuer);
      if (revocationEndpoint !== undefined && kept.refreshToken !== undefined) {
        const form = { token: kept.refreshToken, token_type_hint: 'refresh_token' };
        await told(provider, askProvider(deps, provider, revocationEndpoint, form, 'nothing')).catch(() => undefined);
      }
      if (endSessionEndpoint === undefined) return undefined;
      const url = new URL(endSessionEndpoint);
      url.searchParams.set('client_id', provider.clientId);
      url.searchParams.set('post_logout_redirect_uri', returnTo);
      const short = url.href;
      url.searchParams.set('id_token_hint', kept.idToken);
      // Without the hint it asks the person whether he means it.
      return url.href.length <= LOCATION_LENGTH_MAX ? url.href : short;
    },
  };
}
