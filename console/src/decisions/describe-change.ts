import type { Change } from './answers.ts';
import type { DecisionWords } from './words.ts';

type Value = string | number | boolean | { entity: { type: string; id: string } } | { long: string };

/** A change as somebody would ask for it. */
export function describeChange(change: Change, { changes: words }: DecisionWords): string {
  switch (change.kind) {
    case 'scope':
    case 'role':
    case 'group': {
      const kind = words.kinds[change.kind];
      return change.remove === true ? words.take(kind, change.name) : words.give(kind, change.name);
    }
    case 'organization':
      return words.organization(change.id);
    case 'step_up':
      return change.member === 'amr'
        ? words.stepUpAmr(String(change.value))
        : words.stepUp(change.member, String(change.value));
    case 'relationship':
      return words.relationship(change.tuple.user, change.tuple.relation, change.tuple.object);
    case 'attribute': {
      const path = [change.of, ...change.path].join('.');
      const { to } = change;
      if ('value' in to) return words.value(path, textOf(to.value));
      if ('anythingBut' in to) return words.anythingBut(path, textOf(to.anythingBut));
      if ('added' in to) return words.added(path, textOf(to.added));
      return 'removed' in to ? words.removed(path, textOf(to.removed)) : words.absent(path);
    }
  }
}

function textOf(value: Value): string {
  if (typeof value !== 'object') return JSON.stringify(value);
  return 'entity' in value ? `${value.entity.type}::"${value.entity.id}"` : value.long;
}
