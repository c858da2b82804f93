import { closestWord } from './closest-word.ts';
import { resourcesErrors } from './errors.ts';
import type { Kind } from './kind.ts';

/** The kinds a program knows, in the order given: what others refer to comes first, so that exports read well. */
export interface Kinds {
  readonly all: readonly Kind[];
  find(kind: string): Kind | undefined;
  /** @throws `kind_unknown`, with the nearest spelling. */
  get(kind: string): Kind;
}

export function kindRegistry(kinds: readonly Kind[]): Kinds {
  const byName = new Map<string, Kind>();
  const plurals = new Set<string>();
  for (const kind of kinds) {
    if (byName.has(kind.kind) || plurals.has(kind.plural)) throw new TypeError(`kind "${kind.kind}" is declared twice`);
    byName.set(kind.kind, kind);
    plurals.add(kind.plural);
  }
  return {
    all: [...kinds],
    find: (kind) => byName.get(kind),
    get(kind) {
      const found = byName.get(kind);
      if (found === undefined) throw resourcesErrors.kind_unknown({ message: unknownKind(kind, [...byName.keys()]) });
      return found;
    },
  };
}

export function unknownKind(kind: string, known: readonly string[]): string {
  const shown = kind.slice(0, 40);
  const meant = closestWord(kind, known);
  if (meant !== undefined) return `unknown kind "${shown}"; did you mean "${meant}"?`;
  return `unknown kind "${shown}"; known are ${known.join(', ')}`;
}
