/** What the gateway needs of the issuer to sign people in: the code flow, by shape. `main` passes it in. */
export interface SignInFlows {
  begin(request: SignInRequest): Promise<{ location: string }>;
  redeem(answer: {
    tenantId: string;
    clientId: string;
    redirectUri: string;
    code: string;
    codeVerifier: string;
    nonce: string;
  }): Promise<SessionTokens>;
  /** undefined: it is over. @throws what says nothing about that. */
  refresh(input: { tenantId: string; clientId: string; refreshToken: string }): Promise<SessionTokens | undefined>;
  /** Signs the person out at the issuer. */
  end(session: { tenantId: string } & Pick<SessionTokens, 'userId' | 'sessionId' | 'grantId'>): Promise<void>;
  issuerOf(tenantId: string): string;
}

/** Another OpenID provider, as this installation is known there. */
export interface Provider {
  tenantId: string;
  /** Name of the API that its access tokens shall be for. */
  api: string;
  issuer: string;
  clientId: string;
  clientAuthentication: 'client_secret_basic' | 'client_secret_post';
  apiParameter: 'resource' | 'audience' | 'none';
  secretFor(origin: string): string | undefined;
}

type ProviderTokens = SessionTokens & { idToken: string };

/** The same at other providers. */
export interface ForeignSignInFlows {
  begin(provider: Provider, request: SignInRequest): Promise<{ location: string }>;
  /** Is this `iss` that of its answers (RFC 9207 §2.4)? */
  answers(provider: Provider, iss: string | undefined): Promise<boolean>;
  redeem(provider: Provider, answer: Parameters<SignInFlows['redeem']>[0]): Promise<ProviderTokens>;
  refresh(provider: Provider, kept: ProviderTokens): Promise<ProviderTokens | undefined>;
  end(provider: Provider, kept: ProviderTokens, returnTo: string): Promise<string | undefined>;
}

export interface SignInRequest {
  tenantId: string;
  clientId: string;
  redirectUri: string;
  scopes: readonly string[];
  api: string;
  state: string;
  nonce: string;
  codeChallenge: string;
  acrValues?: string | undefined;
  maxAgeSeconds?: number | undefined;
  ip: string;
}

/** Never leaves the gateway. */
export interface SessionTokens {
  accessToken: string;
  refreshToken: string | undefined;
  /** Milliseconds, as the next. */
  issuedAt: number;
  expiresAt: number;
  userId: string;
  /** Of the issuer. */
  sessionId: string | undefined;
  grantId: string | undefined;
  /** Of another provider, for signing out there. */
  idToken?: string | undefined;
}
