/** A shop behind the gateway, into which people sign in by a session that the gateway keeps. */
import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import type { Browser } from './browser.ts';
import type { Program } from './running-program.ts';

export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request as it is written here: Host, cookies and all. */
export async function ask(
  url: string,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answered> {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, path, method, headers, agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
}

export function shop(origin: string, upstream: string): string {
  return `kind: api
name: shop
spec:
  audience: ${upstream}
  scopes: { shop:browse: Look around, shop:buy: Buy }
---
kind: client
name: shop-web
spec:
  type: confidential
  firstParty: true
  grants: [authorization_code, refresh_token]
  redirectUris: [${origin}/session/callback]
  scopes: [openid, shop:browse, shop:buy]
  apis: [shop]
---
kind: browser_session
name: shop
spec:
  origin: ${origin}
  client: shop-web
  api: shop
  scopes: [openid, shop:browse, shop:buy]
  landing: /shop
---
kind: route
name: shop
spec:
  match: { path: "/shop/{rest*}", methods: [GET, POST] }
  api: shop
  authenticate: [session, api_key]
  session: shop
  authorize: { scopes: [shop:browse] }
  upstream: { url: ${upstream}, accessToken: {} }
---
kind: route
name: vault
spec:
  match: { path: /vault, methods: [GET] }
  api: shop
  authenticate: [session]
  session: shop
  authorize: { scopes: [shop:browse], acr: [phr] }
  upstream: { url: ${upstream} }
`;
}

/** What a browser holds of the shop. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  readonly #gateway: string;

  constructor(gateway: string) {
    this.#gateway = gateway;
  }

  /** As a page of the shop asks, unless the headers say otherwise; `at`: another gateway, under the same name. */
  async send(
    path: string,
    {
      method = 'GET',
      headers = {},
      at = this.#gateway,
    }: { method?: string; headers?: Record<string, string>; at?: string } = {},
  ): Promise<Answered> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answered = await ask(at, path, {
      method,
      headers: { host: new URL(this.#gateway).host, ...(cookie === '' ? {} : { cookie }), ...headers },
    });
    for (const line of answered.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answered;
  }

  go(path: string): Promise<Answered> {
    return this.send(path, { headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none' } });
  }
}

/** From the gateway's question to the issuer's answer, which it returns and does not follow. */
export async function answerOf(
  visitor: Visitor,
  { issuer }: Program,
  person: Browser,
  login = '/session/login',
): Promise<string> {
  const asked = await visitor.go(login);
  const { location = '' } = asked.headers;
  if (asked.status !== 303 || !location.startsWith(`${issuer}/oauth/authorize?`)) {
    throw new Error(`login answered ${asked.status} ${location} ${asked.body}`);
  }
  const agreed = await person.get(location.slice(issuer.length));
  const answer = agreed.headers.get('location') ?? '';
  const { pathname, search } = new URL(answer, issuer);
  if (!pathname.endsWith('/session/callback')) throw new Error(`the issuer leads to ${pathname}`);
  return pathname + search;
}

/** Signs in, and returns what the callback answers. */
export async function signIn(visitor: Visitor, program: Program, person: Browser, login?: string): Promise<Answered> {
  return visitor.go(await answerOf(visitor, program, person, login));
}

/** Signs in and uses it: everything by which somebody else could, by what it is. */
export async function plantSession(program: Program, person: Browser, upstream: string): Promise<Map<string, string>> {
  await program.admin('POST', '/apply', shop(program.gatewayUrl, upstream));
  const visitor = new Visitor(program.gatewayUrl);
  const answer = new URLSearchParams((await answerOf(visitor, program, person)).split('?')[1]);
  const done = await visitor.go(`/session/callback?${answer}`);
  const cookie = visitor.cookies.get('gatehouse_web-shop') ?? '';
  const used = await visitor.go('/shop/shoes');
  const { csrf_token: csrf } = JSON.parse((await visitor.send('/session/info')).body);
  await visitor.send('/shop/shoes', { headers: { 'x-gatehouse-csrf': csrf } });
  if (done.status !== 303 || used.status !== 200) throw new Error(`${done.status} ${used.status} ${used.body}`);
  return new Map([
    ['cookie of a session at the gateway', cookie.split('.')[0] ?? ''],
    ['state of a sign-in at the gateway', answer.get('state') ?? ''],
    ['CSRF token of a session at the gateway', csrf],
  ]);
}
