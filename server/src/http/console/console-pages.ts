import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify';
import type { Random } from '#base';
import { httpErrors } from '../errors.ts';
import { type Asset, findAsset } from './find-asset.ts';

export interface ConsolePagesDeps {
  issuer: string;
  /** Where callers reach the gateway: the one other origin that the console may call. */
  gatewayUrl?: string | undefined;
  random: Random;
  /** Where the built console is: `index.html` and `assets/`. */
  consoleFolder?: string;
}

const PAGE = { config: { public: 'a page without data; what it shows comes from the Admin API, with a token' } };
const FILE = { config: { public: 'the console’s own scripts and styles are the same in every installation' } };

const NONCE_BYTES = 16;
/** The names of built files hold the hash of what is in them (Vite), so they never change. */
const FOREVER = 'public, max-age=31536000, immutable';

/**
 * Scripts come from our own files alone. Styles as well, but for the elements that Mantine writes at run time (its
 * colours, and what depends on the width of the screen): those carry the nonce of this very response. `style` attributes
 * are refused; React sets styles through the object model, which a policy does not concern (CSP 3 §2.6). Calls go to
 * ourselves and to the gateway, where people try their keys.
 */
function policyOf(nonce: string, gateway: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    ['connect-src', "'self'", gateway].join(' ').trim(),
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The console: one page for every address under /console, and its files. Holds no data, so anybody may have it. */
export function consolePages(deps: ConsolePagesDeps): FastifyPluginAsync {
  const { issuer, gatewayUrl, random, consoleFolder = folder() } = deps;
  const gateway = gatewayUrl === undefined ? '' : new URL(gatewayUrl).origin;
  return async (server: FastifyInstance) => {
    const sendPage = async (reply: FastifyReply) => {
      const nonce = random.bytes(NONCE_BYTES).toString('base64url');
      // Read anew each time: it is small, and a build while the program runs is seen.
      const html = await readFile(join(consoleFolder, 'index.html'), 'utf8').catch(() => undefined);
      if (html === undefined) throw httpErrors.console_not_built();
      return reply
        .type('text/html; charset=utf-8')
        .headers({
          'content-security-policy': policyOf(nonce, gateway),
          'cache-control': 'no-store',
          'cross-origin-opener-policy': 'same-origin',
          'permissions-policy': 'camera=(), geolocation=(), microphone=()',
        })
        .send(
          html
            .replaceAll('__NONCE__', nonce)
            .replaceAll('__ISSUER__', escaped(issuer))
            .replaceAll('__GATEWAY__', escaped(gatewayUrl ?? '')),
        );
    };
    const sendAsset = async (reply: FastifyReply, name: string, accepted: string | undefined, cacheControl: string) => {
      const asset = await findAsset(consoleFolder, name, accepted);
      if (asset === undefined) throw httpErrors.path_not_found();
      return send(reply, asset, cacheControl);
    };
    for (const path of ['/console', '/console/', '/console/*']) {
      server.get(path, PAGE, (_request, reply) => sendPage(reply));
    }
    server.get<{ Params: { name: string } }>('/console/assets/:name', FILE, ({ params, headers }, reply) =>
      sendAsset(reply, `assets/${params.name}`, headers['accept-encoding'], FOREVER),
    );
    server.get('/console/icon.svg', FILE, ({ headers }, reply) =>
      sendAsset(reply, 'icon.svg', headers['accept-encoding'], 'no-cache'),
    );
    server.get('/', { config: { public: 'leads to the console' } }, (_request, reply) =>
      reply.redirect('/console', 302),
    );
  };
}

function send(reply: FastifyReply, { type, bytes, encoding, open }: Asset, cacheControl: string): FastifyReply {
  reply.type(type).headers({
    'cache-control': cacheControl,
    'content-length': bytes,
    vary: 'accept-encoding',
    'cross-origin-resource-policy': 'same-origin',
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  });
  return reply.send(open());
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

function folder(): string {
  return fileURLToPath(new URL('../../../../console/dist', import.meta.url));
}
