import type { RawHeaders } from './exchange.ts';

/** What a route does to the head of every response, beyond the headers that the pipeline adds to this one. */
export interface ResponseRules {
  /** Names, in lower case, of headers of the upstream that do not pass. */
  readonly removed: readonly string[];
  /** Beside the upstream's own of the same name, which stay. */
  readonly appended: RawHeaders;
}

export const NO_HEADERS: RawHeaders = [];

/** Rules of several features as one; undefined when there are none, so that most responses cost nothing. */
export function joinRules(...rules: readonly (ResponseRules | undefined)[]): ResponseRules | undefined {
  const given = rules.filter((rule) => rule !== undefined);
  if (given.length < 2) return given[0];
  return {
    removed: given.flatMap(({ removed }) => removed),
    appended: given.flatMap(({ appended }) => appended),
  };
}
