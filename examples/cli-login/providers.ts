/** Where people can sign in. What the field has agreed on is read from metadata; what GitHub does its own way stands here. */

export interface Provider {
  clientId: string;
  /** Google wants one even of programs that can't keep it; it is no secret then (RFC 8252 §8.5). */
  clientSecret?: string | undefined;
  scope: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  deviceEndpoint: string;
  profileEndpoint: string;
  /** Where addresses are that the profile does not show: GitHub's people hide theirs as a rule. */
  emailsEndpoint?: string;
  /** Without a secret only the device code works. */
  needsSecretToRedeem?: boolean;
  /** Of the answer to the redirect (RFC 9207), where the provider says it. */
  issuer?: string | undefined;
}

interface Settings {
  issuer?: string | undefined;
  clientId?: string | undefined;
  clientSecret?: string | undefined;
}

type Resolve = (settings: Settings) => Promise<Provider>;

const PROVIDERS: Readonly<Record<string, Resolve>> = {
  gatehouse: ({ issuer = 'http://localhost:7700', clientId = 'cli-login' }) => byMetadata({ issuer, clientId }),
  google: ({ issuer = 'https://accounts.google.com', clientId = '', clientSecret }) =>
    byMetadata({ issuer, clientId, clientSecret }),
  /** OAuth 2.0 without metadata and without ID tokens. */
  async github({ issuer = 'https://github.com', clientId = '', clientSecret }) {
    const api = issuer === 'https://github.com' ? 'https://api.github.com' : `${issuer}/api/v3`;
    return {
      clientId,
      clientSecret,
      scope: 'read:user user:email',
      authorizationEndpoint: `${issuer}/login/oauth/authorize`,
      tokenEndpoint: `${issuer}/login/oauth/access_token`,
      deviceEndpoint: `${issuer}/login/device/code`,
      profileEndpoint: `${api}/user`,
      emailsEndpoint: `${api}/user/emails`,
      needsSecretToRedeem: true,
    };
  },
};

export const PROVIDER_NAMES = Object.keys(PROVIDERS);

export async function findProvider(name: string, settings: Settings): Promise<Provider> {
  const provider = await PROVIDERS[name]?.(settings);
  if (provider === undefined) throw new TypeError(`no provider '${name}'; there are ${PROVIDER_NAMES.join(', ')}`);
  if (provider.clientId === '') throw new TypeError(`register a client at ${name}, and give its id: --client-id`);
  return provider;
}

/** OpenID Connect Discovery §4. */
async function byMetadata({ issuer, clientId, clientSecret }: Settings & { issuer: string; clientId: string }) {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  if (!response.ok) throw new TypeError(`${issuer} has no metadata: ${response.status}`);
  const metadata = (await response.json()) as Record<string, string>;
  if (metadata.issuer !== issuer) throw new TypeError(`${issuer} says of itself that it is ${metadata.issuer}`);
  return {
    issuer,
    clientId,
    clientSecret,
    scope: 'openid profile email',
    authorizationEndpoint: metadata.authorization_endpoint ?? '',
    tokenEndpoint: metadata.token_endpoint ?? '',
    deviceEndpoint: metadata.device_authorization_endpoint ?? '',
    profileEndpoint: metadata.userinfo_endpoint ?? '',
  };
}
