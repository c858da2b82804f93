import type { RawHeaders, ResponseRules } from './exchange.ts';

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
