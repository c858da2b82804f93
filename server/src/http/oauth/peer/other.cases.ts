import { API, machineToken, post, postAs, proves, type Side, tokensFor } from './side.fixture.ts';
import type { Case } from './token.cases.ts';

/** A token of each kind, and what is no token. */
const TOKENS: Readonly<Record<string, (side: Side) => Promise<string>>> = {
  'an access token': async (side) => (await tokensFor(side, 'app')).access_token,
  'an access token for an API': async (side) =>
    (await tokensFor(side, 'app', { scope: 'openid weather:read', resource: API })).access_token,
  'a refresh token': async (side) => (await tokensFor(side, 'app')).refresh_token,
  'an id token': async (side) => (await tokensFor(side, 'app')).id_token,
  'an access token of another client': async (side) => (await tokensFor(side, 'page')).access_token,
  'a refresh token of another client': async (side) => (await tokensFor(side, 'page')).refresh_token,
  'a token of a machine': machineToken,
  nonsense: async () => 'nonsense',
  'a JWT of nobody': async () => 'eyJhbGciOiJub25lIn0.e30.',
};

const HINTS = [undefined, 'access_token', 'refresh_token', 'unknown'] as const;

const each = (verb: string, run: (side: Side, token: string) => Promise<Response>): Case[] =>
  Object.entries(TOKENS).map(([what, make]) => ({
    name: `${verb} ${what}`,
    run: async (side) => run(side, await make(side)),
  }));

const get = (side: Side, endpoint: keyof Side['endpoints'], headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${side.origin}${side.endpoints[endpoint]}`, { method, headers, redirect: 'manual' });

const ENDPOINTS = ['token', 'introspect', 'revoke', 'userinfo', 'jwks', 'discovery', 'authorize'] as const;

export const OTHER_CASES: readonly Case[] = [
  ...HINTS.flatMap((token_type_hint) => [
    ...each(`introspect (hint ${token_type_hint})`, (side, token) =>
      postAs(side, 'app', 'introspect', { token, token_type_hint }),
    ),
    ...each(`revoke (hint ${token_type_hint})`, (side, token) =>
      postAs(side, 'app', 'revoke', { token, token_type_hint }),
    ),
  ]),
  ...each('introspect after revoking', async (side, token) => {
    await postAs(side, 'app', 'revoke', { token });
    return postAs(side, 'app', 'introspect', { token });
  }),
  ...each('userinfo by GET with', (side, token) => get(side, 'userinfo', { authorization: `Bearer ${token}` })),
  ...each('userinfo by POST with', (side, token) => post(side, 'userinfo', { access_token: token })),
  ...each('userinfo after revoking', async (side, token) => {
    await postAs(side, 'app', 'revoke', { token });
    return get(side, 'userinfo', { authorization: `Bearer ${token}` });
  }),
  ...(['openid', 'openid profile', 'openid email', 'openid profile email', 'email'] as const).map((scope) => ({
    name: `userinfo of scope ${scope}`,
    run: async (side: Side) => {
      const { access_token } = await tokensFor(side, 'app', { scope, nonce: undefined });
      return get(side, 'userinfo', { authorization: `Bearer ${access_token}` });
    },
  })),
  { name: 'userinfo without a token', run: (side) => get(side, 'userinfo') },
  { name: 'userinfo with Basic', run: (side) => get(side, 'userinfo', proves(side, 'app')) },
  { name: 'userinfo with an empty token', run: (side) => get(side, 'userinfo', { authorization: 'Bearer ' }) },
  {
    name: 'userinfo with the token twice',
    run: async (side) => {
      const { access_token } = await tokensFor(side, 'app');
      return post(side, 'userinfo', { access_token }, { authorization: `Bearer ${access_token}` });
    },
  },
  {
    name: 'userinfo with the token in the query',
    run: async (side) => {
      const { access_token } = await tokensFor(side, 'app');
      return fetch(`${side.origin}${side.endpoints.userinfo}?access_token=${access_token}`);
    },
  },
  { name: 'introspect nothing', run: (side) => postAs(side, 'app', 'introspect', {}) },
  { name: 'revoke nothing', run: (side) => postAs(side, 'app', 'revoke', {}) },
  { name: 'introspect two tokens', run: (side) => postAs(side, 'app', 'introspect', { token: ['a', 'b'] }) },
  { name: 'revoke two tokens', run: (side) => postAs(side, 'app', 'revoke', { token: ['a', 'b'] }) },
  ...ENDPOINTS.flatMap((endpoint) =>
    ['GET', 'PUT', 'DELETE', 'PATCH'].map((method) => ({
      name: `${method} ${endpoint}`,
      run: (side: Side) => get(side, endpoint, {}, method),
    })),
  ),
  ...(['token', 'introspect', 'revoke'] as const).map((endpoint) => ({
    name: `${endpoint} with JSON`,
    run: (side: Side) =>
      fetch(`${side.origin}${side.endpoints[endpoint]}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...proves(side, 'app') },
        body: '{"grant_type":"client_credentials"}',
      }),
  })),
];
