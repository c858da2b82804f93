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

const { resolve } = createRequire(import.meta.url);
const WEBAUTHN_ENTRY = resolve('@simplewebauthn/browser');

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

/** What a package ships for browsers: beside the entry that it names. */
const zxcvbn = (part: 'core' | 'language-common') =>
  asset(
    `zxcvbn-${part}`,
    'js',
    'text/javascript; charset=utf-8',
    readFileSync(join(dirname(resolve(`@zxcvbn-ts/${part}`)), 'zxcvbn-ts.js')),
  );

/** In this order. Only where somebody begins to type a new password: see pages.js. */
export const METER_SCRIPTS: readonly Asset[] = [
  zxcvbn('core'),
  zxcvbn('language-common'),
  asset('strength-meter', 'js', 'text/javascript; charset=utf-8', read('./strength-meter.js')),
];

export const FAVICON = asset('gatehouse', 'svg', 'image/svg+xml', FAVICON_SVG);

/** Everything the pages load. Nothing comes from another host. */
export const ASSETS: readonly Asset[] = [STYLESHEET, SCRIPT, ...PASSKEY_SCRIPTS, ...METER_SCRIPTS, FAVICON];
