import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FAVICON_SVG } from './logo.ts';

export interface Asset {
  /** Holds a hash of the content, so it may be cached for ever: a changed file has another name. */
  path: string;
  contentType: string;
  body: string | Buffer;
}

export function asset(name: string, extension: string, contentType: string, body: string | Buffer): Asset {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 16);
  return { path: `/assets/${name}-${hash}.${extension}`, contentType, body };
}

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

/** Read once, when the program starts. */
export const STYLESHEET = asset('pages', 'css', 'text/css; charset=utf-8', read('./pages.css') + read('./account.css'));

/** What makes a page more comfortable. Every page works without it. */
export const SCRIPT = asset('pages', 'js', 'text/javascript; charset=utf-8', read('./pages.js'));

const WEBAUTHN_ENTRY = createRequire(import.meta.url).resolve('@simplewebauthn/browser');

/** The part of a browser's passkey interface that browsers still differ in, as its package ships it. */
const WEBAUTHN_SCRIPT = asset(
  'webauthn',
  'js',
  'text/javascript; charset=utf-8',
  // Beside the entry that the package names.
  readFileSync(join(dirname(WEBAUTHN_ENTRY), '../dist/bundle/index.umd.min.js'), 'utf8'),
);

/** In this order: the second uses what the first defines. Only on pages that ask for a passkey. */
export const PASSKEY_SCRIPTS: readonly Asset[] = [
  WEBAUTHN_SCRIPT,
  asset('passkeys', 'js', 'text/javascript; charset=utf-8', read('./passkeys.js')),
];

export const FAVICON = asset('gatehouse', 'svg', 'image/svg+xml', FAVICON_SVG);

/** Everything the pages load. Nothing comes from another host. */
export const ASSETS: readonly Asset[] = [STYLESHEET, SCRIPT, ...PASSKEY_SCRIPTS, FAVICON];
