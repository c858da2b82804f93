/** Providers as the big ones are, where they differ from the standard: for a test without a network. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandIn {
  url: string;
  /** Whether the person says yes. */
  agrees: boolean;
  /** Whether a connection is lost on the way. */
  breaks: boolean;
  close(): Promise<void>;
}

interface Style {
  paths: Readonly<Record<string, 'metadata' | 'authorize' | 'token' | 'device' | 'profile' | 'emails'>>;
  /** Google wants the secret with every request, GitHub with a code alone. */
  secretWith: readonly ('code' | 'device_code')[];
  /** GitHub says no with a status of 200, Google with one of its own for each reason. */
  statusOf(error: string): number;
  /** GitHub answers in a form unless JSON is asked for. */
  formsUnlessAsked: boolean;
  /** What polling hears before the person has answered. */
  patience: readonly Readonly<Record<string, string | number>>[];
  profile: Readonly<Record<string, unknown>>;
  /** Google says `verification_url`. */
  verificationName: 'verification_uri' | 'verification_url';
}

const GOOGLE_STATUS = new Map([
  ['authorization_pending', 428],
  ['slow_down', 403],
  ['access_denied', 403],
  ['invalid_client', 401],
]);

export const GITHUB: Style = {
  paths: {
    '/login/oauth/authorize': 'authorize',
    '/login/oauth/access_token': 'token',
    '/login/device/code': 'device',
    '/api/v3/user': 'profile',
    '/api/v3/user/emails': 'emails',
  },
  secretWith: ['code'],
  statusOf: () => 200,
  formsUnlessAsked: true,
  patience: [{ error: 'authorization_pending' }, { error: 'slow_down', interval: 0.1 }],
  profile: { id: 583231, login: 'octocat', name: null, email: null },
  verificationName: 'verification_uri',
};

export const GOOGLE: Style = {
  paths: {
    '/.well-known/openid-configuration': 'metadata',
    '/o/oauth2/v2/auth': 'authorize',
    '/token': 'token',
    '/device/code': 'device',
    '/v1/userinfo': 'profile',
  },
  secretWith: ['code', 'device_code'],
  statusOf: (error) => GOOGLE_STATUS.get(error) ?? 400,
  formsUnlessAsked: false,
  patience: [{ error: 'authorization_pending' }, { error: 'authorization_pending' }],
  profile: { sub: '10769150350006150715113082367', name: 'Jane Doe', email: 'jane@gmail.example' },
  verificationName: 'verification_url',
};

export async function startStandIn(style: Style): Promise<StandIn> {
  const codes = new Map<string, { challenge: string; redirectUri: string }>();
  const standIn: StandIn = { url: '', agrees: true, breaks: false, close: async () => undefined };
  let polls = 0;
  /** Said once: a client then takes five seconds longer each time (RFC 8628 §3.5), whatever it is told besides. */
  let slowedDown = false;
  const server = createServer((request, response) => {
    void answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  standIn.url = `http://localhost:${(server.address() as AddressInfo).port}`;
  standIn.close = async () => {
    server.closeAllConnections();
    server.close();
  };
  const pathOf = (wanted: string) =>
    standIn.url + (Object.entries(style.paths).find(([, endpoint]) => endpoint === wanted)?.[0] ?? '');

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', standIn.url);
    const send = (body: object, status = 200) => {
      const json = request.headers.accept?.includes('json') === true || !style.formsUnlessAsked;
      response.writeHead(status, { 'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded' });
      response.end(json ? JSON.stringify(body) : new URLSearchParams(body as Record<string, string>).toString());
    };
    const refuse = (error: string, more: object = {}) =>
      send({ error, error_description: `the stand-in says ${error}`, ...more }, style.statusOf(error));
    const form = new URLSearchParams(request.method === 'POST' ? await textOf(request) : '');
    const endpoints = {
      metadata: () =>
        send({
          issuer: standIn.url,
          authorization_endpoint: pathOf('authorize'),
          token_endpoint: pathOf('token'),
          device_authorization_endpoint: pathOf('device'),
          userinfo_endpoint: pathOf('profile'),
        }),
      authorize() {
        const back = new URL(url.searchParams.get('redirect_uri') ?? '');
        back.searchParams.set('state', url.searchParams.get('state') ?? '');
        if (standIn.agrees) {
          const code = `code-${codes.size}`;
          codes.set(code, { challenge: url.searchParams.get('code_challenge') ?? '', redirectUri: back.origin });
          back.searchParams.set('code', code);
        } else back.searchParams.set('error', 'access_denied');
        response.writeHead(302, { location: back.href }).end();
      },
      token() {
        const grant = form.get('device_code') === null ? 'code' : 'device_code';
        if (style.secretWith.includes(grant) && form.get('client_secret') !== 'no-secret-really') {
          return refuse('invalid_client');
        }
        if (grant === 'device_code') {
          const wait = style.patience[polls];
          polls += 1;
          // A connection that breaks is no answer.
          if (polls === 2 && standIn.breaks) return request.socket.destroy();
          const isSaid = wait?.error === 'slow_down' && slowedDown;
          slowedDown ||= wait?.error === 'slow_down';
          if (wait !== undefined && !isSaid) return refuse(String(wait.error), wait);
          return standIn.agrees ? send({ access_token: 'at', token_type: 'bearer' }) : refuse('access_denied');
        }
        const known = codes.get(form.get('code') ?? '');
        codes.delete(form.get('code') ?? '');
        const challenge = createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url');
        if (known === undefined || known.challenge !== challenge) return refuse('bad_verification_code');
        return send({ access_token: 'at', token_type: 'bearer' });
      },
      device() {
        polls = 0;
        send({
          device_code: 'dc',
          user_code: 'WDJB-MJHT',
          [style.verificationName]: `${standIn.url}/device`,
          expires_in: 900,
          interval: 0.05,
        });
      },
      profile: () =>
        request.headers.authorization === 'Bearer at' ? send(style.profile) : response.writeHead(401).end(),
      emails: () =>
        send([
          { email: 'old@github.example', primary: false, verified: true },
          { email: 'octocat@github.example', primary: true, verified: true },
        ]),
    };
    const endpoint = style.paths[url.pathname];
    if (endpoint === undefined) response.writeHead(404).end();
    else endpoints[endpoint]();
  }
  return standIn;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
