import { apiKind } from '#oauth';
import { closestWord, type World } from '#resources';

/** Which scopes tokens for each API can carry: those that it declares, and those that it takes of other issuers. */
export type ApiScopes = ReadonlyMap<string, ReadonlySet<string>>;

export function scopesOfApis(world: World): ApiScopes {
  return new Map(
    world
      .all(apiKind)
      .map(({ name, spec: { scopes, issuers = [] } }) => [
        name,
        new Set([...Object.keys(scopes), ...issuers.flatMap((issuer) => issuer.scopes.allowed)]),
      ]),
  );
}

/** `did you mean "orders:read"?`, or what else to do. */
export function hint(word: string, known: Iterable<string>, otherwise: string): string {
  const meant = closestWord(word, [...known]);
  return meant === undefined ? otherwise : `did you mean "${meant}"?`;
}
