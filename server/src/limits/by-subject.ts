import type { Charge } from './limit.ts';

/**
 * One thing for each subject of each limit. Looked up by two texts that both last, and so are hashed once; one text of both
 * would have to be put together and hashed for each request.
 */
export class BySubject<T> {
  size = 0;
  readonly #limits = new Map<string, Map<string, T>>();

  get({ limit, subject }: Charge): T | undefined {
    return this.#limits.get(limit.key)?.get(subject);
  }

  /** There must be none yet. */
  add({ limit, subject }: Charge, thing: T): void {
    let subjects = this.#limits.get(limit.key);
    if (subjects === undefined) {
      subjects = new Map();
      this.#limits.set(limit.key, subjects);
    }
    subjects.set(subject, thing);
    this.size += 1;
  }

  delete({ limit, subject }: Charge): void {
    const subjects = this.#limits.get(limit.key);
    if (subjects?.delete(subject) !== true) return;
    this.size -= 1;
    // Limits come and go with the configuration.
    if (subjects.size === 0) this.#limits.delete(limit.key);
  }

  *values(): Iterable<T> {
    for (const subjects of this.#limits.values()) yield* subjects.values();
  }
}
