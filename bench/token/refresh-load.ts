import { type Browser, becomeAdministrator, CALLBACK, getCode } from '../../server/test/browser.ts';
import type { Load } from '../measure/load.ts';
import { PUBLIC_CLIENT_ID, REFRESH_SCOPE } from './request.ts';

/** Twice the connections: there is one at hand for whichever is free. */
export const CHAINS = 64;

/** Refresh tokens that nobody has used, each of a grant of its own. */
export type MintRefreshTokens = () => Promise<readonly string[]>;

/**
 * Each refresh token is used once, and what comes back in its place is used next. What was under way when a round ends
 * is lost with it, so that every round begins with grants of its own.
 */
export async function refreshLoad(mint: MintRefreshTokens): Promise<Pick<Load, 'script'>> {
  const tokens = await mint();
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: PUBLIC_CLIENT_ID });
  return {
    script: `local tokens = {${tokens.map((token) => JSON.stringify(token)).join(',')}}
local first, last = 1, ${tokens.length}
request = function()
  local token = tokens[first] or "none"
  tokens[first] = nil
  first = first + 1
  return wrk.format(nil, nil, nil, "${form}&refresh_token=" .. token)
end
response = function(status, headers, body)
  local token = string.match(body, '"refresh_token":"([^"]+)"')
  if token then
    last = last + 1
    tokens[last] = token
  end
end
`,
  };
}

/** Over the peer's own port for that: beside its server, so that it costs its requests nothing. */
export function mintAtPeer(url: string): MintRefreshTokens {
  return async () => (await (await fetch(`${url}?count=${CHAINS}`)).json()) as string[];
}

/** As a browser comes by them: one sign-in, and an authorization code for each. */
export async function mintAtGatehouse(issuer: string, administratorLink: () => Promise<string>) {
  const person = { name: 'Bench', email: 'bench@example.com', password: 'seventeen purple lanterns drift' };
  const browser: Browser = await becomeAdministrator({ issuer, administratorLink }, person);
  const mint: MintRefreshTokens = async () => {
    const tokens: string[] = [];
    while (tokens.length < CHAINS) tokens.push(await tokenFrom(issuer, browser));
    return tokens;
  };
  return mint;
}

async function tokenFrom(issuer: string, browser: Browser): Promise<string> {
  const { code, codeVerifier } = await getCode(browser, REFRESH_SCOPE);
  const answer = await fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: PUBLIC_CLIENT_ID,
      code,
      code_verifier: codeVerifier,
      redirect_uri: CALLBACK,
    }),
  });
  const { refresh_token: token, ...rest } = (await answer.json()) as { refresh_token?: string };
  if (token === undefined) throw new Error(`no refresh token: ${JSON.stringify(rest)}`);
  return token;
}
