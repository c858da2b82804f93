/** One of the two servers that are compared: where it listens, and what a case needs to send it requests. */
import { createHash } from 'node:crypto';

export const CALLBACK = 'https://app.example.com/callback';
export const API = 'https://weather.example.com';
export const VERIFIER = 'v'.repeat(43);
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export interface Endpoints {
  authorize: string;
  token: string;
  introspect: string;
  revoke: string;
  userinfo: string;
  jwks: string;
  discovery: string;
}

export type Fields = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Side {
  name: 'ours' | 'theirs';
  origin: string;
  endpoints: Endpoints;
  secrets: Readonly<Record<string, string>>;
  /** Cookies of a browser in which Alice is signed in. */
  cookies: string;
  /** What an error page says: the OAuth error that stands on it. */
  errorOnPage(text: string): string | undefined;
}

export function encode(fields: Fields): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const each of value === undefined ? [] : [value].flat()) params.append(name, each);
  }
  return params;
}

export const AUTHORIZE = {
  response_type: 'code',
  client_id: 'page',
  redirect_uri: CALLBACK,
  scope: 'openid email',
  state: 'state-1',
  nonce: 'nonce-1',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
} as const;

export function authorize(side: Side, fields: Fields, { signedIn = true, method = 'GET' } = {}): Promise<Response> {
  const headers = signedIn ? { cookie: side.cookies } : {};
  const params = encode(fields);
  const url = `${side.origin}${side.endpoints.authorize}`;
  return method === 'GET'
    ? fetch(`${url}?${params}`, { headers, redirect: 'manual' })
    : fetch(url, { method, headers, body: params, redirect: 'manual' });
}

export async function codeFor(side: Side, fields: Fields = {}): Promise<string> {
  const answer = await authorize(side, { ...AUTHORIZE, ...fields });
  const location = answer.headers.get('location') ?? '';
  const code = URL.canParse(location) ? new URL(location).searchParams.get('code') : null;
  if (code === null) throw new TypeError(`${side.name}: no code, ${answer.status} ${location} ${await answer.text()}`);
  return code;
}

export const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/** How a client shows who it is; confidential ones by Basic. */
export function proves(side: Side, client: string): Record<string, string> {
  const secret = side.secrets[client];
  return secret === undefined ? {} : { authorization: basic(client, secret) };
}

export function post(
  side: Side,
  endpoint: keyof Endpoints,
  fields: Fields,
  headers: Record<string, string> = {},
): Promise<Response> {
  const url = `${side.origin}${side.endpoints[endpoint]}`;
  return fetch(url, { method: 'POST', headers, body: encode(fields), redirect: 'manual' });
}

/** As a client: public ones name themselves in the form. */
export function postAs(side: Side, client: string, endpoint: keyof Endpoints, fields: Fields): Promise<Response> {
  const headers = proves(side, client);
  return post(side, endpoint, 'authorization' in headers ? fields : { client_id: client, ...fields }, headers);
}

export interface Tokens {
  access_token: string;
  refresh_token: string;
  id_token: string;
}

export async function tokensFor(side: Side, client: string, fields: Fields = {}): Promise<Tokens> {
  const code = await codeFor(side, { client_id: client, ...fields });
  const answer = await postAs(side, client, 'token', redemption(code));
  const body = await answer.json();
  if (answer.status !== 200) throw new TypeError(`${side.name}: no tokens, ${JSON.stringify(body)}`);
  return body as Tokens;
}

export const redemption = (code: string) => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: CALLBACK,
  code_verifier: VERIFIER,
});

export async function machineToken(side: Side): Promise<string> {
  const answer = await postAs(side, 'machine', 'token', { grant_type: 'client_credentials', resource: API });
  return ((await answer.json()) as Tokens).access_token;
}
