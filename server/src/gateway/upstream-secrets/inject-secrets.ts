import type { RawHeaders } from '../exchange.ts';
import { rewriteHeaders } from '../rewrite-headers.ts';
import type { UpstreamSpec } from '../upstreams/upstream-spec.ts';
import type { UpstreamSecretsSpec } from './secret-spec.ts';
import { originsOf } from './secret-table.ts';

interface Sent {
  path: string;
  headers: RawHeaders;
}

/** Where a route's requests get secrets of their upstream, worked out ahead. */
export interface SecretPlaces {
  readonly upstream: string;
  readonly secrets: UpstreamSecretsSpec;
  /** Of all targets that a request may end at. */
  readonly origins: readonly string[];
  /** Headers that callers send in vain. */
  readonly headers: ReadonlySet<string>;
  readonly parameters: ReadonlySet<string>;
}

/** Undefined when there is nothing to do, so that most requests cost nothing. */
export function compileSecrets(
  upstream: string,
  { secrets: declared, targets }: Pick<UpstreamSpec, 'secrets' | 'targets'>,
): SecretPlaces | undefined {
  const secrets = (declared ?? []).filter(({ client }) => client !== true);
  if (secrets.length === 0) return undefined;
  const headers = new Set(secrets.flatMap(({ header }) => (header === undefined ? [] : [header.name])));
  const parameters = new Set(secrets.flatMap(({ query }) => query?.toLowerCase() ?? []));
  return { upstream, secrets, origins: originsOf(targets), headers, parameters };
}

/**
 * The request with every secret in its place, and nothing of the caller's there.
 * @returns undefined when one has no value: without it the service would refuse, or take the caller's word.
 */
export function injectSecrets(
  { path, headers }: Sent,
  places: SecretPlaces,
  secretOf: (upstream: string, name: string, origins: readonly string[]) => string | undefined,
): Sent | undefined {
  const added: string[] = [];
  const parameters: string[] = [];
  for (const { name, header, query } of places.secrets) {
    const value = secretOf(places.upstream, name, places.origins);
    if (value === undefined) return undefined;
    if (header !== undefined) added.push(header.name, `${header.prefix ?? ''}${value}`);
    if (query !== undefined) parameters.push(`${query}=${encodeURIComponent(value)}`);
  }
  return {
    headers: places.headers.size === 0 ? headers : rewriteHeaders(headers, { gone: places.headers, added }),
    path: parameters.length === 0 ? path : withParameters(path, places.parameters, parameters),
  };
}

function withParameters(path: string, gone: ReadonlySet<string>, added: readonly string[]): string {
  const start = path.indexOf('?');
  const sent = start === -1 ? [] : path.slice(start + 1).split('&');
  const kept = sent.filter((pair) => pair !== '' && !namesOf(pair).some((name) => gone.has(name)));
  return `${start === -1 ? path : path.slice(0, start)}?${[...kept, ...added].join('&')}`;
}

/** As a service may read it: some take a semicolon for an ampersand, some drop brackets, some compare without case. */
function namesOf(pair: string): string[] {
  return pair.split(';').map((part) => {
    const [name = ''] = part.split('=', 1);
    return decoded(name.replaceAll('+', ' ')).trim().replace(/\[.*$/, '').toLowerCase();
  });
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
