import {
  API,
  basic,
  CALLBACK,
  codeFor,
  type Fields,
  post,
  postAs,
  redemption,
  type Side,
  tokensFor,
  VERIFIER,
} from './side.fixture.ts';

/** One request that both servers get. */
export interface Case {
  name: string;
  run(side: Side): Promise<Response>;
}

type Changes = Readonly<Record<string, Fields>>;

const CODE_CHANGES: Changes = {
  'as it should be': {},
  'without code': { code: undefined },
  'with an unknown code': { code: 'unknown' },
  'with an empty code': { code: '' },
  'with two codes': { code: ['a', 'b'] },
  'without redirect_uri': { redirect_uri: undefined },
  'with another redirect_uri': { redirect_uri: `${CALLBACK}/other` },
  'without verifier': { code_verifier: undefined },
  'with another verifier': { code_verifier: 'w'.repeat(43) },
  'with a short verifier': { code_verifier: 'short' },
  'with a long verifier': { code_verifier: 'v'.repeat(129) },
  'with the challenge as verifier': { code_verifier: 'plain-plain-plain-plain-plain-plain-plain-plain' },
  'with a verifier of other characters': { code_verifier: `${VERIFIER.slice(1)}+` },
  'with two verifiers': { code_verifier: [VERIFIER, VERIFIER] },
  'for another API': { resource: 'https://other.example.com' },
  'with an unknown parameter': { color: 'blue' },
};

const MACHINE_CHANGES: Changes = {
  'as it should be': {},
  'without resource': { resource: undefined },
  'with a scope': { scope: 'weather:read' },
  'with an unknown scope': { scope: 'weather:rule' },
  'with openid': { scope: 'openid' },
  'with an empty scope': { scope: '' },
  'with two scopes': { scope: ['weather:read', 'weather:read'] },
  'for an unknown API': { resource: 'https://other.example.com' },
  'for something that is no URI': { resource: 'weather' },
  'for two APIs': { resource: [API, 'https://other.example.com'] },
  'with an unknown parameter': { color: 'blue' },
};

const REFRESH_CHANGES: Changes = {
  'as it should be': {},
  'without token': { refresh_token: undefined },
  'with an unknown token': { refresh_token: 'unknown' },
  'with a narrower scope': { scope: 'openid' },
  'with a wider scope': { scope: 'openid email profile' },
  'with an unknown scope': { scope: 'unknown' },
  'with two tokens': { refresh_token: ['a', 'b'] },
};

const GRANT_TYPES: Changes = {
  'no grant_type': {},
  'an empty grant_type': { grant_type: '' },
  password: { grant_type: 'password', username: 'alice', password: 'secret' },
  implicit: { grant_type: 'implicit' },
  'an unknown grant_type': { grant_type: 'magic' },
  'two grant types': { grant_type: ['client_credentials', 'refresh_token'] },
  authorization_code: { grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK, code_verifier: VERIFIER },
  refresh_token: { grant_type: 'refresh_token', refresh_token: 'x' },
  client_credentials: { grant_type: 'client_credentials', resource: API },
};

const named = (prefix: string, changes: Changes, run: (side: Side, change: Fields) => Promise<Response>): Case[] =>
  Object.entries(changes).map(([what, change]) => ({
    name: `${prefix} ${what}`,
    run: (side) => run(side, change),
  }));

const WEB = ['page', 'app', 'once'] as const;

export const TOKEN_CASES: readonly Case[] = [
  ...WEB.flatMap((client) =>
    named(`code (${client})`, CODE_CHANGES, async (side, change) =>
      postAs(side, client, 'token', { ...redemption(await codeFor(side, { client_id: client })), ...change }),
    ),
  ),
  ...(['page', 'app'] as const).flatMap((client) =>
    named(`refresh (${client})`, REFRESH_CHANGES, async (side, change) => {
      const { refresh_token } = await tokensFor(side, client);
      return postAs(side, client, 'token', { grant_type: 'refresh_token', refresh_token, ...change });
    }),
  ),
  ...named('machine', MACHINE_CHANGES, (side, change) =>
    postAs(side, 'machine', 'token', { grant_type: 'client_credentials', resource: API, ...change }),
  ),
  ...(['page', 'app', 'once', 'machine'] as const).flatMap((client) =>
    named(`grant (${client})`, GRANT_TYPES, (side, change) => postAs(side, client, 'token', change)),
  ),
  {
    name: 'code (app) for an API',
    run: async (side) => {
      const code = await codeFor(side, { client_id: 'app', scope: 'openid weather:read', resource: API });
      return postAs(side, 'app', 'token', redemption(code));
    },
  },
  {
    name: 'code (app) used twice',
    run: async (side) => {
      const form = redemption(await codeFor(side, { client_id: 'app' }));
      await postAs(side, 'app', 'token', form);
      return postAs(side, 'app', 'token', form);
    },
  },
  {
    name: 'code (app) of another client',
    run: async (side) => postAs(side, 'once', 'token', redemption(await codeFor(side, { client_id: 'app' }))),
  },
  {
    name: 'refresh (app) after its successor was used',
    run: async (side) => {
      const { refresh_token } = await tokensFor(side, 'app');
      const form = { grant_type: 'refresh_token', refresh_token };
      const next = (await (await postAs(side, 'app', 'token', form)).json()) as { refresh_token: string };
      await postAs(side, 'app', 'token', { ...form, refresh_token: next.refresh_token });
      return postAs(side, 'app', 'token', form);
    },
  },
  {
    name: 'refresh (app) with the token of another client',
    run: async (side) => {
      const { refresh_token } = await tokensFor(side, 'page');
      return postAs(side, 'app', 'token', { grant_type: 'refresh_token', refresh_token });
    },
  },
  ...authenticationCases('token', { grant_type: 'client_credentials', resource: API }),
  ...authenticationCases('introspect', { token: 'unknown' }),
  ...authenticationCases('revoke', { token: 'unknown' }),
];

/** Every way to show, or fail to show, which client one is (RFC 6749 §2.3). */
function authenticationCases(endpoint: 'token' | 'introspect' | 'revoke', fields: Fields): Case[] {
  const secret = (side: Side) => side.secrets.machine ?? '';
  const ways: Record<string, (side: Side) => { fields?: Fields; headers?: Record<string, string> }> = {
    Basic: (side) => ({ headers: { authorization: basic('machine', secret(side)) } }),
    'the form': (side) => ({ fields: { client_id: 'machine', client_secret: secret(side) } }),
    'Basic with the id in the form too': (side) => ({
      headers: { authorization: basic('machine', secret(side)) },
      fields: { client_id: 'machine' },
    }),
    'Basic with another id in the form': (side) => ({
      headers: { authorization: basic('machine', secret(side)) },
      fields: { client_id: 'app' },
    }),
    'both ways': (side) => ({
      headers: { authorization: basic('machine', secret(side)) },
      fields: { client_id: 'machine', client_secret: secret(side) },
    }),
    nothing: () => ({}),
    'the id alone': () => ({ fields: { client_id: 'machine' } }),
    'a wrong secret': () => ({ headers: { authorization: basic('machine', 'wrong') } }),
    'a wrong secret in the form': () => ({ fields: { client_id: 'machine', client_secret: 'wrong' } }),
    'an empty secret': () => ({ headers: { authorization: basic('machine', '') } }),
    'an unknown client': () => ({ headers: { authorization: basic('nobody', 'x') } }),
    'an unknown client in the form': () => ({ fields: { client_id: 'nobody', client_secret: 'x' } }),
    'the secret of another': (side) => ({ headers: { authorization: basic('app', secret(side)) } }),
    'Basic without a colon': () => ({
      headers: { authorization: `Basic ${Buffer.from('machine').toString('base64')}` },
    }),
    'Basic that is no base64': () => ({ headers: { authorization: 'Basic !!!' } }),
    'another scheme': () => ({ headers: { authorization: 'Bearer abc' } }),
    'two ids': (side) => ({ fields: { client_id: ['machine', 'app'], client_secret: secret(side) } }),
    'an assertion of nobody': () => ({
      fields: {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: 'e30.e30.e30',
      },
    }),
  };
  return Object.entries(ways).map(([how, way]) => ({
    name: `${endpoint} authenticated by ${how}`,
    run: (side) => {
      const { fields: more = {}, headers = {} } = way(side);
      return post(side, endpoint, { ...fields, ...more }, headers);
    },
  }));
}
