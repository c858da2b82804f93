import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
export const STYLESHEET = asset('pages', 'css', 'text/css; charset=utf-8', read('./pages.css'));

/** What makes a page more comfortable. Every page works without it. */
export const SCRIPT = asset('pages', 'js', 'text/javascript; charset=utf-8', read('./pages.js'));

export const FAVICON = asset('gatehouse', 'svg', 'image/svg+xml', FAVICON_SVG);

/** Everything the pages load. Nothing comes from another host. */
export const ASSETS: readonly Asset[] = [STYLESHEET, SCRIPT, FAVICON];
