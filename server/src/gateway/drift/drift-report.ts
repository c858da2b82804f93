import type { CompiledOperation } from '../openapi/compile-operation.ts';
import type { SeenFact } from './traffic-counter.ts';

/** Where the document and the traffic differ. */
export interface DriftReport {
  /** Seen, and not described. The most frequent first. */
  readonly undocumented: readonly UndocumentedFact[];
  /** Described, and never seen. */
  readonly unseen: readonly {
    readonly what: 'operation' | 'status' | 'query';
    readonly operation: string;
    readonly name: string;
  }[];
  /** Requests that were not as described, refused or not. */
  readonly violations: readonly { readonly operation: string; readonly count: number; readonly lastSeen: number }[];
  /** When anything at all was seen last; undefined: never. */
  readonly lastSeen: number | undefined;
}

export interface UndocumentedFact {
  readonly what: 'operation' | 'query' | 'status' | 'content_type';
  readonly operation: string;
  readonly name: string;
  readonly count: number;
  readonly lastSeen: number;
}

const LISTED_MAX = 500;

/** What was seen is kept as it was; what the document says of it is looked up now, so that a new document is judged anew. */
export function driftReport(operations: readonly CompiledOperation[], facts: readonly SeenFact[]): DriftReport {
  const described = new Map(operations.map((operation) => [nameOf(operation), operation]));
  const undocumented: UndocumentedFact[] = [];
  const violations: DriftReport['violations'][number][] = [];
  const seen = new Set<string>();
  for (const fact of facts) {
    const { kind, name, count, lastSeen } = fact;
    const operation = nameOf(fact);
    const known = described.get(operation);
    if (kind === 'violation') {
      if (known !== undefined) violations.push({ operation, count, lastSeen });
      continue;
    }
    seen.add(`${kind} ${operation} ${name}`);
    const what = kind === 'unknown_operation' ? 'operation' : kind;
    const isNew = known === undefined ? what === 'operation' : !DESCRIBES[what](known, name);
    if (isNew) undocumented.push({ what, operation, name, count, lastSeen });
  }
  return {
    undocumented: undocumented.sort((one, other) => other.count - one.count).slice(0, LISTED_MAX),
    unseen: unseenOf(described, seen).slice(0, LISTED_MAX),
    violations: violations.sort((one, other) => other.count - one.count).slice(0, LISTED_MAX),
    lastSeen: facts.length === 0 ? undefined : Math.max(...facts.map(({ lastSeen }) => lastSeen)),
  };
}

const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

const DESCRIBES: Readonly<Record<UndocumentedFact['what'], (operation: CompiledOperation, name: string) => boolean>> = {
  operation: () => true,
  query: ({ queryNames }, name) => queryNames.has(name) || queryNames.has('*'),
  status: ({ responses }, name) => responseOf(responses, name) !== undefined,
  content_type({ responses }, name) {
    const [status = '', type = ''] = name.split(' ');
    const types = responseOf(responses, status);
    // What is said of the status is told by itself; where nothing is said of content, nothing differs from it.
    if (types === undefined || types.length === 0) return true;
    return types.some((each) => each === type || each === '*/*' || each === `${type.split('/', 1)[0]}/*`);
  },
};

function responseOf(responses: CompiledOperation['responses'], status: string): readonly string[] | undefined {
  return responses.get(status) ?? responses.get(`${status[0]}XX`) ?? responses.get('default');
}

function unseenOf(
  described: ReadonlyMap<string, CompiledOperation>,
  seen: ReadonlySet<string>,
): DriftReport['unseen'][number][] {
  const unseen: DriftReport['unseen'][number][] = [];
  for (const [operation, { responses, queryNames }] of described) {
    if (!seen.has(`operation ${operation} `)) {
      unseen.push({ what: 'operation', operation, name: '' });
      continue;
    }
    for (const name of queryNames) {
      if (name !== '*' && !seen.has(`query ${operation} ${name}`)) unseen.push({ what: 'query', operation, name });
    }
    for (const name of responses.keys()) {
      if (/^\d{3}$/.test(name) && !seen.has(`status ${operation} ${name}`))
        unseen.push({ what: 'status', operation, name });
    }
  }
  return unseen;
}
