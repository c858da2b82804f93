import type { PathPattern } from './path-pattern.ts';

export interface RouterEntry<T> {
  value: T;
  pattern: PathPattern;
  methods: readonly string[];
  /** Higher wins over a more specific path. */
  priority: number;
}

export interface RouteMatch<T> {
  readonly value: T;
  /** What each name of the pattern captured: pairs of start and end offsets in the path. */
  readonly captures: readonly number[];
}

/** Every method of a terminal, with the entry that answers it. */
type Terminal<T> = Map<string, RouterEntry<T>>;

class Node<T> {
  literals: Map<string, Node<T>> | undefined;
  parameter: Node<T> | undefined;
  /** The path ends here. */
  end: Terminal<T> | undefined;
  /** The path goes on from here, by at least one segment or by any number. */
  restSome: Terminal<T> | undefined;
  restAny: Terminal<T> | undefined;
}

/**
 * A tree of path segments: the cost of a look-up depends on the segments of the path and not on the number of routes.
 *
 * Among the routes that match path and method, the higher priority wins; then, segment by segment from the left, a
 * literal wins over a parameter and a parameter over a rest. Each node is visited at most once.
 */
export class Router<T> {
  readonly #root = new Node<T>();
  #prioritised = false;
  size = 0;

  /** @returns entries that stand for the same path and method with the same priority: the earlier one stays. */
  add(entry: RouterEntry<T>): RouterEntry<T>[] {
    let node = this.#root;
    for (const segment of entry.pattern.segments) node = child(node, segment);
    const terminal = terminalOf(node, entry.pattern.rest);
    const conflicts: RouterEntry<T>[] = [];
    for (const method of entry.methods) {
      const held = terminal.get(method);
      if (held !== undefined && held.priority === entry.priority) {
        if (!conflicts.includes(held)) conflicts.push(held);
      } else if (held === undefined || held.priority < entry.priority) terminal.set(method, entry);
    }
    if (entry.priority !== 0) this.#prioritised = true;
    this.size += 1;
    return conflicts;
  }

  /** `path` is canonical. HEAD is answered by what answers GET unless it is named itself (RFC 9110 §9.3.2). */
  match(path: string, method: string): RouteMatch<T> | undefined {
    if (this.size === 0) return undefined;
    const search = new Search<T>(path, method, this.#prioritised);
    search.walk(this.#root, path.length === 1 ? -1 : 0);
    const entry = search.best;
    return entry === undefined ? undefined : { value: entry.value, captures: search.bestCaptures };
  }

  /** Methods that some route answers on this path, for Allow (RFC 9110 §10.2.1). Empty: no route has the path. */
  allowed(path: string, counts: (value: T) => boolean = () => true): string[] {
    const search = new Search<T>(path, undefined, true, counts);
    search.walk(this.#root, path.length === 1 ? -1 : 0);
    if (search.methods.has('GET')) search.methods.add('HEAD');
    return [...search.methods].sort();
  }
}

class Search<T> {
  readonly path: string;
  readonly method: string | undefined;
  readonly exhaustive: boolean;
  readonly counts: ((value: T) => boolean) | undefined;
  readonly methods = new Set<string>();
  readonly captures: number[] = [];
  best: RouterEntry<T> | undefined;
  bestCaptures: readonly number[] = [];

  constructor(path: string, method: string | undefined, exhaustive: boolean, counts?: (value: T) => boolean) {
    this.path = path;
    this.method = method;
    this.exhaustive = exhaustive;
    this.counts = counts;
  }

  /** `slash` is where the slash before the next segment stands, -1 at the end. @returns true when the search is over. */
  walk(node: Node<T>, slash: number): boolean {
    if (slash === -1) {
      if (node.end !== undefined && this.#consider(node.end)) return true;
      return this.#rest(node.restAny, this.path.length);
    }
    const start = slash + 1;
    const next = this.path.indexOf('/', start);
    if (node.literals !== undefined) {
      const literal = node.literals.get(next === -1 ? this.path.slice(start) : this.path.slice(start, next));
      if (literal !== undefined && this.walk(literal, next)) return true;
    }
    if (node.parameter !== undefined) {
      this.captures.push(start, next === -1 ? this.path.length : next);
      if (this.walk(node.parameter, next)) return true;
      this.captures.length -= 2;
    }
    return this.#rest(node.restSome, start) || this.#rest(node.restAny, start);
  }

  #rest(terminal: Terminal<T> | undefined, start: number): boolean {
    if (terminal === undefined) return false;
    this.captures.push(start, this.path.length);
    if (this.#consider(terminal)) return true;
    this.captures.length -= 2;
    return false;
  }

  #consider(terminal: Terminal<T>): boolean {
    if (this.method === undefined) {
      for (const [method, { value }] of terminal) if (this.counts?.(value)) this.methods.add(method);
      return false;
    }
    const entry = terminal.get(this.method) ?? (this.method === 'HEAD' ? terminal.get('GET') : undefined);
    if (entry === undefined) return false;
    // The walk goes from the most specific to the least: a later entry must be better to win.
    if (this.best === undefined || entry.priority > this.best.priority) {
      this.best = entry;
      this.bestCaptures = this.exhaustive ? this.captures.slice() : this.captures;
    }
    return !this.exhaustive;
  }
}

function child<T>(node: Node<T>, segment: string | undefined): Node<T> {
  if (segment === undefined) {
    node.parameter ??= new Node<T>();
    return node.parameter;
  }
  node.literals ??= new Map();
  let found = node.literals.get(segment);
  if (found === undefined) {
    found = new Node<T>();
    node.literals.set(segment, found);
  }
  return found;
}

function terminalOf<T>(node: Node<T>, rest: PathPattern['rest']): Terminal<T> {
  const place = rest === 'none' ? 'end' : rest === 'some' ? 'restSome' : 'restAny';
  node[place] ??= new Map();
  return node[place];
}
