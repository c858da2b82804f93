import type { Question, SampleTuple } from './sample-graph.ts';

/**
 * The peer: what one writes first. Tuples in Maps and Sets of strings, a check that follows the model step by step from the
 * object, groups within groups included, and remembers where it has been.
 */
export class PlainRecursion {
  readonly #users = new Map<string, Set<string>>();
  readonly #usersets = new Map<string, string[]>();
  readonly #parents = new Map<string, string[]>();

  put({ object, relation, user }: SampleTuple): void {
    if (relation === 'parent') append(this.#parents, object, user);
    else if (user.includes('#')) append(this.#usersets, `${object}#${relation}`, user);
    else {
      const set = `${object}#${relation}`;
      const users = this.#users.get(set);
      if (users === undefined) this.#users.set(set, new Set([user]));
      else users.add(user);
    }
  }

  check({ user, object }: Question): boolean {
    return this.#hasRelation(user, `${object}#viewer`, new Set());
  }

  #hasRelation(user: string, set: string, seen: Set<string>): boolean {
    if (seen.has(set)) return false;
    seen.add(set);
    if (this.#users.get(set)?.has(user) === true) return true;
    for (const userset of this.#usersets.get(set) ?? []) if (this.#hasRelation(user, userset, seen)) return true;
    if (!set.endsWith('#viewer')) return false;
    for (const parent of this.#parents.get(set.slice(0, -'#viewer'.length)) ?? []) {
      if (this.#hasRelation(user, `${parent}#viewer`, seen)) return true;
    }
    return false;
  }
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
