import { type Condition, ID_FIELD } from './condition.ts';

/**
 * The ids of all resources that a condition can hold for; undefined when it can hold for others too. Looks at ids alone,
 * so it may name some for which something else does not hold.
 */
export function boundedIds(condition: Condition): ReadonlySet<string> | undefined {
  switch (condition.op) {
    case 'never':
      return new Set();
    case 'equals':
      return condition.field === ID_FIELD ? new Set([String(condition.value)]) : undefined;
    case 'in':
      return condition.field === ID_FIELD ? new Set(condition.values.map(String)) : undefined;
    case 'and': {
      const bounded = condition.of.flatMap((part) => boundedIds(part) ?? []);
      const [first, ...others] = bounded;
      return others.reduce<ReadonlySet<string> | undefined>((left, right) => left?.intersection(right), first);
    }
    case 'or': {
      const bounded = condition.of.map((part) => boundedIds(part));
      if (bounded.includes(undefined)) return undefined;
      return bounded.reduce<Set<string>>((all, ids) => all.union(ids ?? new Set()), new Set());
    }
    default:
      return undefined;
  }
}
