import type { CompiledOperation } from '../openapi/compile-operation.ts';
import { decodeForm } from '../openapi/request-source.ts';

/** One thing that was seen of an API: an operation, or a query parameter, status or content type of one. */
export interface SeenFact {
  readonly tenantId: string;
  /** The api_document, by name. */
  readonly document: string;
  readonly kind: FactKind;
  readonly method: string;
  /** As the document has it; of what it does not have, the path with its changing parts as `{}`. */
  readonly path: string;
  /** Of the parameter, the status, the content type; empty for an operation. */
  readonly name: string;
  count: number;
  /** Milliseconds. */
  lastSeen: number;
}

export const FACT_KINDS = ['operation', 'unknown_operation', 'query', 'status', 'content_type', 'violation'] as const;
export type FactKind = (typeof FACT_KINDS)[number];

/** What one exchange on a route with a description tells. */
export interface SeenExchange {
  readonly tenantId: string;
  readonly document: string;
  readonly operation: CompiledOperation | undefined;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Of the service's answer, if it was the service that answered. */
  readonly status: number | undefined;
  readonly contentType: string | undefined;
  readonly violated: boolean;
  readonly at: number;
}

/** Different facts of one document in memory, and of those how many that no document describes. */
const FACTS_MAX = 5000;
const UNKNOWN_MAX = 500;
const NAME_LENGTH_MAX = 64;
const PATH_LENGTH_MAX = 200;
const QUERY_NAMES_MAX = 50;

/** Counts in memory what is seen, to be taken away from time to time. Callers can make up names: there is only so much room. */
export class TrafficCounter {
  #facts = new Map<string, SeenFact>();
  readonly #sizes = new Map<string, { facts: number; unknown: number }>();

  count(seen: SeenExchange): void {
    const { operation, method } = seen;
    if (operation === undefined) {
      this.#add(seen, 'unknown_operation', { method, path: withoutIds(seen.path), name: '' });
      return;
    }
    const place = { method: operation.method, path: operation.path };
    this.#add(seen, 'operation', { ...place, name: '' });
    if (seen.violated) this.#add(seen, 'violation', { ...place, name: '' });
    if (seen.query.length > 1) for (const name of namesOf(seen.query)) this.#add(seen, 'query', { ...place, name });
    if (seen.status === undefined) return;
    this.#add(seen, 'status', { ...place, name: String(seen.status) });
    if (seen.contentType === undefined) return;
    this.#add(seen, 'content_type', { ...place, name: `${seen.status} ${seen.contentType.slice(0, NAME_LENGTH_MAX)}` });
  }

  /** All that was counted since it was last taken. */
  take(): SeenFact[] {
    const taken = [...this.#facts.values()];
    this.#facts = new Map();
    this.#sizes.clear();
    return taken;
  }

  #add(
    { tenantId, document, at }: SeenExchange,
    kind: FactKind,
    { method, path, name }: { method: string; path: string; name: string },
  ): void {
    const key = `${tenantId} ${document} ${kind} ${method} ${path} ${name}`;
    const known = this.#facts.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.lastSeen = at;
      return;
    }
    const owner = `${tenantId} ${document}`;
    const size = this.#sizes.get(owner) ?? { facts: 0, unknown: 0 };
    const isUnknown = kind === 'unknown_operation';
    if (size.facts >= FACTS_MAX || (isUnknown && size.unknown >= UNKNOWN_MAX)) return;
    this.#sizes.set(owner, { facts: size.facts + 1, unknown: size.unknown + (isUnknown ? 1 : 0) });
    this.#facts.set(key, { tenantId, document, kind, method, path, name, count: 1, lastSeen: at });
  }
}

/** Names alone: values may be anything, secrets among them. A name that looks like none is not kept either. */
function namesOf(query: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const pair of query.slice(1).split('&')) {
    if (names.size >= QUERY_NAMES_MAX) break;
    const end = pair.indexOf('=');
    const name = (decodeForm(end === -1 ? pair : pair.slice(0, end)) ?? '').replace(/\[.*$/, '[');
    if (name !== '') names.add(/^[A-Za-z_$][\w.$-]{0,40}\[?$/.test(name) ? name : '*');
  }
  return names;
}

/** Numbers, UUIDs and whatever has digits in it or is long: the parts of a path that differ from one thing to the next. */
function withoutIds(path: string): string {
  const plain = path
    .split('/')
    .map((part) => (/\d|%|.{25}/.test(part) ? '{}' : part))
    .join('/');
  return plain.slice(0, PATH_LENGTH_MAX);
}
