import type { RawHeaders } from '../exchange.ts';

/** What a browser says of where a request comes from. Pages can't set these (Fetch §2.2.2, Fetch Metadata §2). */
export interface FetchMetadata {
  readonly site: string | undefined;
  readonly mode: string | undefined;
  readonly origin: string | undefined;
  readonly accept: string | undefined;
}

export function fetchMetadata(headers: RawHeaders): FetchMetadata {
  return {
    site: headerOf(headers, 'sec-fetch-site'),
    mode: headerOf(headers, 'sec-fetch-mode'),
    origin: headerOf(headers, 'origin'),
    accept: headerOf(headers, 'accept'),
  };
}

/** Twice is a value that no browser sends. */
export function headerOf(headers: RawHeaders, name: string): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === name)
      found = found === undefined ? (headers[index + 1] ?? '') : `${found}, ${headers[index + 1]}`;
  }
  return found;
}

/** Somebody goes to this address, as opposed to a page that asks for something: he can be sent to sign in. */
export function isNavigation(method: string, { mode, accept }: FetchMetadata): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (mode !== undefined) return mode === 'navigate';
  return accept?.includes('text/html') === true;
}

/** Did a page of this origin send it? A request that says nothing of where it is from is none of a page of ours. */
export function isFromOrigin(origin: string, metadata: FetchMetadata): boolean {
  if (metadata.origin === undefined && metadata.site === undefined) return false;
  if (metadata.site !== undefined && metadata.site !== 'same-origin') return false;
  return metadata.origin === undefined || metadata.origin === origin;
}

/**
 * May the cookie count for a request that changes nothing? A page elsewhere may lead somebody here, and may not ask for
 * anything in his name, whether it could read the answer or not. Clients that are no browsers say nothing; browsers that
 * say nothing of the site name the origin of a page that asks across origins (Fetch §3.2).
 */
export function mayRead(ours: string, method: string, metadata: FetchMetadata): boolean {
  const { site, origin } = metadata;
  if (site === undefined) return origin === undefined || origin === ours;
  return site === 'same-origin' || site === 'none' || isNavigation(method, metadata);
}
