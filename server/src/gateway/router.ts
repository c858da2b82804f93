import type { RawHeaders } from './exchange.ts';
import type { Conditions } from './match-conditions.ts';
import { capturesOf, type PathPattern } from './path-pattern.ts';

export interface RouterEntry<T> {
  value: T;
  pattern: PathPattern;
  methods: readonly string[];
  /** Higher wins over a more specific path. */
  priority: number;
  /** What else it asks of the request. Undefined: nothing. */
  conditions?: Conditions | undefined;
}

export interface RouteMatch<T> {
  readonly value: T;
  /** What each name of the pattern captured, in canonical spelling. */
  readonly captures: readonly string[];
  /** Whether the route is meant can be read in two ways: in these words why. */
  readonly unclear: string | undefined;
}

/** The entries of one path and method in the order they are tried; one without conditions is the last. */
interface Chain<T> {
  readonly entry: RouterEntry<T>;
  readonly next: Chain<T> | undefined;
}

/** Every method of a terminal, with the entries that answer it. */
type Terminal<T> = Map<string, Chain<T>>;

class Node<T> {
  literals: Map<string, Node<T>> | undefined;
  /** The same by their lower case. */
  folded: Map<string, Node<T>[]> | undefined;
  /** One bit for each length of a literal, the last for all that are longer: most segments have none of them. */
  lengths = 0;
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
      const chain = terminal.get(method);
      const conflict = conflictIn(chain, entry);
      if (conflict === undefined) terminal.set(method, insert(chain, entry));
      else if (!conflicts.includes(conflict)) conflicts.push(conflict);
    }
    if (entry.priority !== 0) this.#prioritised = true;
    this.size += 1;
    return conflicts;
  }

  /** `path` is canonical. HEAD is answered by what answers GET unless it is named itself (RFC 9110 §9.3.2). */
  match(path: string, method: string, headers = NO_HEADERS, query = ''): RouteMatch<T> | undefined {
    if (this.size === 0) return undefined;
    const search = new Search<T>(path, method, this.#prioritised, headers, query);
    search.walk(this.#root, path.length === 1 ? -1 : 0);
    const { best } = search;
    if (best === undefined) return undefined;
    const unclear = search.respelled ? (search.unclear ?? this.#otherByCase(search)) : search.unclear;
    return { value: best.value, captures: capturesOf(best.pattern, path), unclear };
  }

  /** Many services take `/Admin` for `/admin`: who writes it so must not come by a wider route to what a stricter one is for. */
  #otherByCase({ path, method, exhaustive, headers, query, best }: Search<T>): string | undefined {
    const other = new Search<T>(path, method, exhaustive, headers, query);
    other.folds = true;
    other.walk(this.#root, path.length === 1 ? -1 : 0);
    return other.best === best ? undefined : RESPELLED;
  }

  /** Every route that could answer, whatever the headers will be: best first, up to the one that asks nothing of them. */
  candidates(path: string, method: string, query: string): { values: T[]; final: boolean } {
    const search = new Search<T>(path, method, true, NO_HEADERS, query);
    search.collected = [];
    search.walk(this.#root, path.length === 1 ? -1 : 0);
    const entries = search.collected.sort((left, right) => right.priority - left.priority);
    const last = entries.findIndex(({ conditions }) => (conditions?.headers.length ?? 0) === 0);
    const found = last === -1 ? entries : entries.slice(0, last + 1);
    return { values: found.map(({ value }) => value), final: last !== -1 };
  }

  /** Methods that some route answers on this path, for Allow (RFC 9110 §10.2.1). Empty: no route has the path. */
  allowed(path: string, counts: (value: T) => boolean = () => true, headers = NO_HEADERS, query = ''): string[] {
    const search = new Search<T>(path, undefined, true, headers, query, counts);
    const methods = new Set<string>();
    search.methods = methods;
    search.walk(this.#root, path.length === 1 ? -1 : 0);
    if (methods.has('GET')) methods.add('HEAD');
    return [...methods].sort();
  }
}

class Search<T> {
  readonly path: string;
  readonly method: string | undefined;
  readonly exhaustive: boolean;
  readonly headers: RawHeaders;
  readonly query: string;
  readonly counts: ((value: T) => boolean) | undefined;
  best: RouterEntry<T> | undefined;
  unclear: string | undefined;
  /** A literal was missed by the case of its letters alone. */
  respelled = false;
  /** Set: the case of letters does not matter. */
  folds = false;
  /** Set: every method that is answered is put here, and no entry is chosen. */
  methods: Set<string> | undefined;
  /** Set: every entry that could answer is put here, and none is chosen. */
  collected: RouterEntry<T>[] | undefined;

  constructor(
    path: string,
    method: string | undefined,
    exhaustive: boolean,
    headers: RawHeaders,
    query: string,
    counts?: (value: T) => boolean,
  ) {
    this.headers = headers;
    this.query = query;
    this.path = path;
    this.method = method;
    this.exhaustive = exhaustive;
    this.counts = counts;
  }

  /** `slash` is where the slash before the next segment stands, -1 at the end. @returns true when the search is over. */
  walk(node: Node<T>, slash: number): boolean {
    if (slash === -1) {
      if (node.end !== undefined && this.#consider(node.end)) return true;
      return node.restAny !== undefined && this.#consider(node.restAny);
    }
    const start = slash + 1;
    const next = this.path.indexOf('/', start);
    if (node.literals !== undefined) {
      const segment = next === -1 ? this.path.slice(start) : this.path.slice(start, next);
      const literal = node.literals.get(segment);
      if (literal !== undefined) {
        if (this.walk(literal, next)) return true;
      } else if (((node.lengths >>> Math.min(segment.length, LENGTH_MAX)) & 1) === 1) {
        this.respelled ||= node.folded?.has(segment.toLowerCase()) === true;
      }
      if (this.folds) {
        for (const other of node.folded?.get(segment.toLowerCase()) ?? []) {
          if (other !== literal && this.walk(other, next)) return true;
        }
      }
    }
    if (node.parameter !== undefined && this.walk(node.parameter, next)) return true;
    if (node.restSome !== undefined && this.#consider(node.restSome)) return true;
    return node.restAny !== undefined && this.#consider(node.restAny);
  }

  #consider(terminal: Terminal<T>): boolean {
    if (this.method === undefined) {
      for (const [method, chain] of terminal) if (this.#counts(chain)) this.methods?.add(method);
      return false;
    }
    const own = terminal.get(this.method);
    if (own !== undefined && this.#choose(own)) return true;
    const implied = this.method === 'HEAD' ? terminal.get('GET') : undefined;
    return implied !== undefined && this.#choose(implied);
  }

  /** @returns true when the search is over. */
  #choose(first: Chain<T>): boolean {
    for (let chain: Chain<T> | undefined = first; chain !== undefined; chain = chain.next) {
      const { entry } = chain;
      if (this.collected !== undefined) {
        if (entry.conditions?.judgeQuery(this.query) !== false) this.collected.push(entry);
        continue;
      }
      // The walk goes from the most specific to the least: a later entry must be better to win.
      if (this.best !== undefined && entry.priority <= this.best.priority) return false;
      const judged = entry.conditions === undefined || entry.conditions.judge(this.headers, this.query);
      if (judged === false) continue;
      this.best = entry;
      this.unclear = judged === true ? undefined : judged;
      return !this.exhaustive;
    }
    return false;
  }

  #counts(first: Chain<T>): boolean {
    for (let chain: Chain<T> | undefined = first; chain !== undefined; chain = chain.next) {
      const { value, conditions } = chain.entry;
      if (conditions === undefined || conditions.judge(this.headers, this.query) !== false)
        return this.counts?.(value) ?? true;
    }
    return false;
  }
}

const NO_HEADERS: RawHeaders = [];
/** The last bit of {@link Node.lengths}. */
const LENGTH_MAX = 31;
const RESPELLED =
  'But for the case of its letters, this is the path of another route, and many services take both for the same. Send it as that route has it.';

/** Two that one request could fulfil, and nothing says which comes first. */
function conflictIn<T>(
  first: Chain<T> | undefined,
  { priority, conditions }: RouterEntry<T>,
): RouterEntry<T> | undefined {
  for (let chain = first; chain !== undefined; chain = chain.next) {
    const { entry } = chain;
    if (entry.priority !== priority || (entry.conditions?.rank ?? 0) !== (conditions?.rank ?? 0)) continue;
    if (conditions === undefined || entry.conditions?.excludes(conditions) !== true) return entry;
  }
  return undefined;
}

/** By priority, then by how much is asked. What stands behind an entry without conditions is never reached. */
function insert<T>(chain: Chain<T> | undefined, entry: RouterEntry<T>): Chain<T> {
  if (chain === undefined) return { entry, next: undefined };
  const held = chain.entry;
  const before = entry.priority - held.priority || (entry.conditions?.rank ?? 0) - (held.conditions?.rank ?? 0);
  if (before > 0) return { entry, next: chain };
  return { entry: held, next: insert(chain.next, entry) };
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
    node.lengths |= 1 << Math.min(segment.length, LENGTH_MAX);
    const lower = segment.toLowerCase();
    node.folded ??= new Map();
    node.folded.set(lower, [...(node.folded.get(lower) ?? []), found]);
  }
  return found;
}

function terminalOf<T>(node: Node<T>, rest: PathPattern['rest']): Terminal<T> {
  const place = rest === 'none' ? 'end' : rest === 'some' ? 'restSome' : 'restAny';
  node[place] ??= new Map();
  return node[place];
}
