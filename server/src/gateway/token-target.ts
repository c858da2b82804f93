import type { ApiPlace } from './ports.ts';

/**
 * Whoever writes routes or upstreams must not lead the tokens of an API to a host of his choice: where they may go, the API
 * says itself.
 */
export function mayGetTokens({ audience, servedAt }: ApiPlace, targets: readonly string[]): boolean {
  const places = servedAt ?? [originOf(audience)];
  return targets.map(originOf).every((origin) => origin !== '' && places.includes(origin));
}

/** A URN has none, and neither has what can't be read. */
function originOf(url: string): string {
  const origin = URL.parse(url)?.origin;
  return origin === undefined || origin === 'null' ? '' : origin;
}
