/** Another OpenID provider, with people of its own: oidc-provider, set up by its own documentation. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** It comes without types; this is what we use of it. */
interface Library {
  callback(): RequestListener;
}
const LIBRARY: string = 'oidc-provider';

export const CLIENT_SECRET = 'a-secret-of-the-other-provider';

export interface OtherProvider {
  issuer: string;
  /** Paths that were asked for, with the method. */
  asked: string[];
  close(): Promise<void>;
}

/** @param gateway - the origin whose callback it knows. Access tokens live for three seconds. */
export async function startOtherProvider(gateway: string, audience: string): Promise<OtherProvider> {
  let handle: RequestListener = (_, response) => response.end();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { default: Provider } = (await import(LIBRARY)) as { default: new (at: string, settings: object) => Library };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  handle = new Provider(issuer, {
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'k1' }] },
    clients: [
      {
        client_id: 'our-shop',
        client_secret: CLIENT_SECRET,
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [`${gateway}/session/callback`],
        post_logout_redirect_uris: [`${gateway}/shop`],
      },
    ],
    scopes: ['openid', 'offline_access', 'shop:browse'],
    pkce: { required: () => true },
    issueRefreshToken: async () => true,
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    ttl: { AccessToken: 3, IdToken: 60, RefreshToken: 600, Grant: 600, Session: 600, Interaction: 600 },
    features: {
      devInteractions: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: async () => ({
          ...{ audience, scope: 'shop:browse', accessTokenTTL: 3 },
          ...{ accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } },
        }),
      },
    },
  }).callback();
  return {
    issuer,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A person's browser there: cookies, forms and redirects, until it is led elsewhere. */
export class Person {
  readonly #cookies = new Map<string, string>();
  readonly #issuer: string;
  readonly #name: string;

  constructor({ issuer }: OtherProvider, name: string) {
    this.#issuer = issuer;
    this.#name = name;
  }

  /** Signs in and agrees to everything. @returns where it is led in the end: the answer. */
  async follow(location: string): Promise<string> {
    let at = location;
    for (let steps = 0; steps < 20; steps += 1) {
      if (!at.startsWith(`${this.#issuer}/`)) return at;
      const page = await this.#ask(at);
      const next = page.headers.get('location');
      if (next !== null) {
        at = new URL(next, at).href;
        continue;
      }
      const text = await page.text();
      const action = /action="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
      const hidden = [...text.matchAll(/<input[^>]*name="(\w+)"[^>]*value="([^"]*)"/g)].map(
        ([, name = '', value = '']): [string, string] => [name, value],
      );
      const form = new URLSearchParams(hidden);
      if (text.includes('name="login"')) {
        form.set('login', this.#name);
        form.set('password', 'any');
      }
      if (text.includes('name="logout"')) form.set('logout', 'yes');
      const answered = await this.#ask(new URL(action, at).href, form);
      const led = answered.headers.get('location');
      if (led === null) throw new Error(`${answered.status} ${await answered.text()}`);
      at = new URL(led, at).href;
    }
    throw new Error('led in circles');
  }

  async #ask(url: string, form?: URLSearchParams): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answered = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const line of answered.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    return answered;
  }
}
