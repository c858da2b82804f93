/** Providers as the big ones are, where they differ from the standard: for a test without a network. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandIn {
  url: string;
  /** Whether the person says yes. */
  agrees: boolean;
  close(): Promise<void>;
}

interface Style {
  paths: Readonly<Record<string, 'metadata' | 'authorize' | 'token' | 'device' | 'profile'>>;
  needsSecret: boolean;
  /** GitHub says no with a status of 200, and answers in a form unless JSON is asked for. */
  refusalStatus: number;
  profile: Readonly<Record<string, unknown>>;
  /** Google says `verification_url`. */
  verificationName: 'verification_uri' | 'verification_url';
  saysIssuer: boolean;
}

export const GITHUB: Style = {
  paths: {
    '/login/oauth/authorize': 'authorize',
    '/login/oauth/access_token': 'token',
    '/login/device/code': 'device',
    '/api/v3/user': 'profile',
  },
  needsSecret: false,
  refusalStatus: 200,
  profile: { id: 583231, login: 'octocat', name: null, email: 'octocat@github.example' },
  verificationName: 'verification_uri',
  saysIssuer: false,
};

export const GOOGLE: Style = {
  paths: {
    '/.well-known/openid-configuration': 'metadata',
    '/o/oauth2/v2/auth': 'authorize',
    '/token': 'token',
    '/device/code': 'device',
    '/v1/userinfo': 'profile',
  },
  needsSecret: true,
  refusalStatus: 400,
  profile: { sub: '10769150350006150715113082367', name: 'Jane Doe', email: 'jane@gmail.example' },
  verificationName: 'verification_url',
  saysIssuer: false,
};

export async function startStandIn(style: Style): Promise<StandIn> {
  const codes = new Map<string, { challenge: string; redirectUri: string }>();
  const standIn: StandIn = { url: '', agrees: true, close: async () => undefined };
  let polls = 0;
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
      const json = request.headers.accept?.includes('json') === true || style.refusalStatus === 400;
      response.writeHead(status, { 'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded' });
      response.end(json ? JSON.stringify(body) : new URLSearchParams(body as Record<string, string>).toString());
    };
    const refuse = (error: string) =>
      send({ error, error_description: `the stand-in says ${error}` }, style.refusalStatus);
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
        if (style.needsSecret && form.get('client_secret') !== 'no-secret-really') return refuse('invalid_client');
        if (form.get('device_code') !== null) {
          polls += 1;
          if (polls === 1) return refuse('authorization_pending');
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
