import { GatehouseError } from '#base';
import type { CompiledSession } from './compile-session.ts';
import type { ForeignSignInFlows, Provider, SessionTokens, SignInFlows, SignInRequest } from './session-port.ts';

/** Where the people of one browser_session sign in: here, or at another OpenID provider. */
export interface SessionFlows {
  begin(request: Omit<SignInRequest, 'tenantId' | 'clientId' | 'redirectUri' | 'scopes' | 'api'>): Promise<string>;
  /** Is this `iss` of a callback that of the issuer who was asked? */
  isFrom(iss: string | undefined): Promise<boolean>;
  redeem(answer: { code: string; codeVerifier: string; nonce: string }): Promise<SessionTokens>;
  /** undefined: it is over. @throws what says nothing about that. */
  refresh(kept: SessionTokens & { refreshToken: string }): Promise<SessionTokens | undefined>;
  /** @returns where to send the browser to be signed out there as well, if anywhere. */
  end(kept: SessionTokens): Promise<string | undefined>;
}

export interface SessionFlowDeps {
  flows: SignInFlows;
  foreignFlows: ForeignSignInFlows;
  secretOf(tenantId: string, upstream: string, name: string, origins: readonly string[]): string | undefined;
}

export function sessionFlows(deps: SessionFlowDeps, session: CompiledSession): SessionFlows {
  const { provider } = session.spec;
  if (provider === undefined) return ownFlows(deps, session);
  return foreignFlows(deps, session, {
    ...{ tenantId: session.tenantId, api: session.spec.api, issuer: provider.issuer, clientId: provider.clientId },
    ...{ clientAuthentication: provider.clientAuthentication, apiParameter: provider.apiParameter },
    secretFor: (origin) => deps.secretOf(session.tenantId, provider.secret.upstream, provider.secret.name, [origin]),
  });
}

function ownFlows({ flows }: SessionFlowDeps, { tenantId, spec, redirectUri }: CompiledSession): SessionFlows {
  const clientId = spec.client ?? '';
  const { scopes, api } = spec;
  return {
    begin: async (request) =>
      (await flows.begin({ ...request, tenantId, clientId, redirectUri, scopes, api })).location,
    // RFC 9207 §2.4: against answers of another issuer.
    isFrom: async (iss) => iss === flows.issuerOf(tenantId),
    redeem: (answer) => flows.redeem({ ...answer, tenantId, clientId, redirectUri }),
    // Tokens of before people signed in here are nobody's to renew.
    refresh: async ({ refreshToken, idToken }) =>
      idToken === undefined ? flows.refresh({ tenantId, clientId, refreshToken }) : undefined,
    async end(kept) {
      if (kept.idToken === undefined) await flows.end({ ...kept, tenantId });
      return undefined;
    },
  };
}

function foreignFlows(
  { foreignFlows: flows }: SessionFlowDeps,
  { tenantId, spec, redirectUri }: CompiledSession,
  provider: Provider,
): SessionFlows {
  const { scopes, api } = spec;
  const { clientId } = provider;
  /** Were another provider named since, his successor would be shown his tokens. */
  const ofProvider = (kept: SessionTokens): (SessionTokens & { idToken: string }) | undefined => {
    const { idToken } = kept;
    return idToken === undefined || !isOfIssuer(kept.userId, provider.issuer) ? undefined : { ...kept, idToken };
  };
  return {
    begin: async (request) =>
      (await flows.begin(provider, { ...request, tenantId, clientId, redirectUri, scopes, api })).location,
    isFrom: (iss) => flows.answers(provider, iss),
    redeem: (answer) => flows.redeem(provider, { ...answer, tenantId, clientId, redirectUri }),
    async refresh(kept) {
      const own = ofProvider(kept);
      return own && flows.refresh(provider, own);
    },
    async end(kept) {
      const own = ofProvider(kept);
      // Signed out here he is; whether the provider can be reached does not change that.
      return own && flows.end(provider, own, `${spec.origin}${spec.landing}`).catch(whenUnavailable);
    },
  };
}

function whenUnavailable(error: unknown): undefined {
  if (error instanceof GatehouseError && error.category === 'unavailable') return undefined;
  throw error;
}

/** How the people of other issuers are named (ADR 39): no `sub` holds a way out of it. */
export function isOfIssuer(userId: string, issuer: string): boolean {
  return userId.startsWith(`${issuer}#`);
}
