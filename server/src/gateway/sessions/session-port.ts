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
}
