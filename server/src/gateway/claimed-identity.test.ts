/** Identity that a caller claims, as bytes through sockets and pipeline: none of it arrives, however it is spelled. */
import { connect } from 'node:http2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock, testLogger } from '#testing';
import { KEY, openFixture, route } from './gateway.fixture.ts';
import { createSocketTransport } from './transport/socket-transport.ts';
import { callRaw, openEcho, type RawUpstream, readMessage } from './transport/transport.fixture.ts';

/** Names by which servers, proxies and clouds hand on who calls, or where from. */
const NAMES = `
gatehouse-identity gatehouse-decision-id gatehouse-user x-gatehouse-identity authorization proxy-authorization x-api-key dpop
remote-user remote-email remote-groups remote-name remote-addr remote-host auth-user x-remote-user x-remote-group x-remote-extra-scopes
x-user x-user-id x-user-email x-user-name x-user-roles x-username x-userid x-auth x-auth-user x-auth-request-user x-auth-request-email
x-auth-request-groups x-auth-request-access-token x-authenticated-user x-authenticated-userid x-authenticated-groups x-authenticated-scope
x-forwarded x-forwarded-user x-forwarded-email x-forwarded-groups x-forwarded-preferred-username x-forwarded-access-token x-forwarded-id-token
x-forwarded-for x-forwarded-host x-forwarded-proto x-forwarded-port x-forwarded-prefix x-forwarded-client-cert x-forwarded-tls-client-cert
forwarded forwarded-for x-real-ip x-client-ip x-cluster-client-ip x-originating-ip true-client-ip client-ip cf-connecting-ip cf-connecting-ipv6
fastly-client-ip fly-client-ip x-envoy-external-address x-envoy-internal x-scheme x-url-scheme front-end-https x-host
x-consumer-id x-consumer-username x-consumer-custom-id x-consumer-groups x-credential-identifier x-credential-username x-anonymous-consumer
x-webauth-user x-webauth-email x-token-subject x-jwt-assertion x-jwt-claim-sub x-endpoint-api-userinfo x-apigateway-api-userinfo
x-ms-client-principal x-ms-client-principal-id x-ms-client-principal-name x-ms-client-principal-idp x-amzn-oidc-data x-amzn-oidc-identity
x-goog-authenticated-user-email x-goog-authenticated-user-id x-goog-iap-jwt-assertion x-appengine-user-email cf-access-jwt-assertion
cf-access-authenticated-user-email tailscale-user-login teleport-jwt-assertion x-pomerium-jwt-assertion x-pomerium-claim-email
x-authentik-username x-vouch-user oidc-claim-sub oidc-claim-email oidc-access-token oidc-id-token mellon-nameid shib-session-id
impersonate-user impersonate-group impersonate-extra-scopes x-tenant-id x-organization-id x-org-id x-principal x-principal-id x-subject
x-role x-roles x-scope x-scopes x-groups x-email x-spiffe-id
x-client-cert x-client-dn x-client-verify x-client-subject x-ssl-client-cert x-ssl-client-dn x-ssl-client-verify x-ssl-cert ssl-client-cert
ssl-client-s-dn client-cert client-cert-chain
x-original-url x-original-uri x-original-host x-original-method x-rewrite-url x-http-method x-http-method-override x-method-override
x-middleware-subrequest x-http-host-override script-name path-info x-script-name proxy
remote-user-id http-remote-user x-proxy-user x-proxy-remote-user x-principal-name x-client-certificate x-client-cert-chain x-tls-client-subject
x-arr-clientcert x-amzn-mtls-clientcert x-ms-token-aad-id-token x-impersonate-user x-sso-user x-saml-nameid x-ldap-user kubeflow-userid
sm-user sm-universalid sm-authenticated-user iv-user iv-groups iv-creds
`
  .trim()
  .split(/\s+/);

const title = (name: string) => name.replaceAll(/(^|-)([a-z])/g, (letter) => letter.toUpperCase());
const alternating = (name: string) =>
  [...name].map((letter, index) => (index % 2 === 0 ? letter : letter.toUpperCase())).join('');

/** To CGI, WSGI, PHP and more than one framework these are one name. */
const SPELLINGS: Readonly<Record<string, (name: string) => string>> = {
  'as it is': (name) => name,
  'in upper case': (name) => name.toUpperCase(),
  'as a title': title,
  'in alternating case': alternating,
  'with underscores': (name) => name.replaceAll('-', '_'),
  'with underscores in upper case': (name) => name.replaceAll('-', '_').toUpperCase(),
  'with the last hyphen as an underscore': (name) => name.replace(/-([^-]*)$/, '_$1'),
  'with the first hyphen as an underscore': (name) => name.replace('-', '_'),
  'with dots': (name) => name.replaceAll('-', '.'),
  'with tildes': (name) => name.replaceAll('-', '~'),
  'with plus signs': (name) => name.replaceAll('-', '+'),
  'with bars and carets': (name) => name.replace('-', '|').replaceAll('-', '^'),
};

/** Of these two in a request, whatever their worth, the request is refused: 400, and nothing arrives at all. */
const CREDENTIALS = new Set(['authorization', 'x-api-key']);
const FORGED = 'forged-by-the-caller';
/** Under the hundred fields of a request, with those that it needs. */
const AT_ONCE = 80;

let upstream: RawUpstream;
let transport: ReturnType<typeof createSocketTransport>;
let port: number;
beforeAll(async () => {
  upstream = await openEcho();
  const { gateway } = openFixture({
    routes: [
      route('a', {
        match: { path: '/a', methods: ['GET', 'POST'] },
        authorize: { scopes: ['weather:read'] },
        upstream: { url: `http://127.0.0.1:${upstream.port}` },
      }),
    ],
  });
  const { handler, errors } = gateway;
  transport = createSocketTransport({ handler, errors, clock: fixedClock(), log: testLogger(), cleartextHttp2: true });
  ({ port } = await transport.listen({ host: '127.0.0.1', port: 0 }));
});
afterAll(async () => {
  await transport.drain(500);
  await upstream.close();
});

/** What the upstream received, as it answers it. */
async function received(text: string): Promise<string> {
  const caller = callRaw(port, text);
  const answer = readMessage(await caller.until((came) => readMessage(came) !== undefined));
  caller.socket.destroy();
  if (!answer?.startLine.includes(' 200 ')) throw new Error(`answered ${answer?.startLine} ${answer?.body}`);
  return answer.body;
}

const get = (lines: string, version = '1.1') =>
  `GET /a HTTP/${version}\r\nHost: api.test\r\nX-API-Key: ${KEY}\r\n${lines}\r\n`;

function* batches(names: readonly string[]): Generator<string[]> {
  for (let start = 0; start < names.length; start += AT_ONCE) yield names.slice(start, start + AT_ONCE);
}

const spelled = (spelling: (name: string) => string) =>
  NAMES.map(spelling).filter((name) => !CREDENTIALS.has(name.toLowerCase()));

describe(`${NAMES.length} names`, () => {
  test('more than a hundred and fifty', () => expect(new Set(NAMES).size).toBeGreaterThan(150));

  test.each(Object.entries(SPELLINGS))('%s', async (_how, spelling) => {
    for (const names of batches(spelled(spelling))) {
      const echoed = await received(get(names.map((name) => `${name}: ${FORGED}\r\n`).join('')));
      expect(echoed.split('\r\n').filter((line) => line.includes(FORGED))).toEqual([]);
      expect(echoed).toContain('gatehouse-identity: identity of key_1');
    }
  });

  test('twice, the first of them empty', async () => {
    for (const names of batches(spelled((name) => name).flatMap((name) => [name, name]))) {
      const lines = names.map((name, index) => `${name}:${index % 2 === 0 ? '' : ` \t${FORGED}\t`}\r\n`);
      expect(await received(get(lines.join('')))).not.toContain(FORGED);
    }
  });

  test('in HTTP/1.0', async () => {
    for (const names of batches(spelled(title)))
      expect(await received(get(names.map((name) => `${name}: ${FORGED}\r\n`).join(''), '1.0'))).not.toContain(FORGED);
  });

  test('behind a body, as trailers', async () => {
    const unframed = spelled((name) => name);
    for (const names of batches(unframed)) {
      const trailers = names.map((name) => `${name}: ${FORGED}\r\n`).join('');
      const head = `POST /a HTTP/1.1\r\nHost: api.test\r\nX-API-Key: ${KEY}\r\nTransfer-Encoding: chunked\r\nTrailer: ${names[0]}\r\n\r\n`;
      expect(await received(`${head}2\r\nhi\r\n0\r\n${trailers}\r\n`)).not.toContain(FORGED);
    }
  });

  test('in HTTP/2', async () => {
    const session = connect(`http://127.0.0.1:${port}`);
    for (const spelling of [(name: string) => name, SPELLINGS['with underscores'] ?? title]) {
      for (const names of batches(spelled(spelling).filter((name) => !/^proxy-connection$/.test(name)))) {
        const claimed = Object.fromEntries(names.map((name) => [name, FORGED]));
        const stream = session.request({ ':path': '/a', ':authority': 'api.test', 'x-api-key': KEY, ...claimed });
        let text = '';
        for await (const piece of stream.setEncoding('latin1')) text += piece;
        expect(text).toContain('gatehouse-identity: identity of key_1');
        expect(text).not.toContain(FORGED);
      }
    }
    session.destroy();
  });
});

test.each([
  'gatehouse-identity',
  'Gatehouse-Identity, X-Forwarded-For, Via, Forwarded, Host, Content-Length',
  'close, gatehouse-identity',
])('Connection: %s does not take out what the gateway tells', async (named) => {
  const echoed = await received(get(`Connection: ${named}\r\nGatehouse-Identity: ${FORGED}\r\n`));
  expect(echoed).toContain('gatehouse-identity: identity of key_1');
  expect(echoed).toMatch(/^x-forwarded-for: 127\.0\.0\.1\r?$/m);
  expect(echoed).toMatch(/^host: /im);
  expect(echoed).not.toContain(FORGED);
});

test.each(['Authorization', 'AUTHORIZATION', 'x-api-key', 'X-Api-Key'])('%s besides: refused', async (name) => {
  const caller = callRaw(port, get(`${name}: Bearer ${FORGED}\r\n`));
  const answer = readMessage(await caller.until((came) => readMessage(came) !== undefined));
  caller.socket.destroy();
  expect(answer?.startLine).toContain(' 400 ');
});
