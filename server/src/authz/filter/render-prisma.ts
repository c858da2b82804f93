import type { Condition, LikePart, Scalar } from './condition.ts';
import type { Field } from './fields.ts';

/** A `where` of Prisma's client, as data. */
export type PrismaWhere = Readonly<Record<string, unknown>>;

/** Prisma has no form for this condition. Thrown rather than to answer a wider one. */
export class NoPrismaForm {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Names of columns are taken for names of the model's fields. @throws NoPrismaForm */
export function toPrisma(condition: Condition, fields: ReadonlyMap<string, Field>): PrismaWhere {
  const nameOf = (field: string) => fields.get(field)?.column ?? field;
  const inForm = (field: string, value: Scalar): unknown =>
    fields.get(field)?.type.startsWith('long') === true && typeof value === 'string' ? BigInt(value) : value;
  const render = (part: Condition): PrismaWhere => {
    switch (part.op) {
      case 'always':
        return {};
      case 'never':
      case 'unknown':
        // An empty OR is the form that Prisma documents for nothing at all.
        return { OR: [] };
      case 'and':
        return { AND: part.of.map(render) };
      case 'or':
        return { OR: part.of.map(render) };
      case 'present':
        return { [nameOf(part.field)]: { not: null } };
      case 'absent':
        return { [nameOf(part.field)]: null };
      case 'equals':
        return { [nameOf(part.field)]: { equals: inForm(part.field, part.value) } };
      case 'differs':
        return { [nameOf(part.field)]: { not: inForm(part.field, part.value) } };
      case 'less':
      case 'at_most':
      case 'greater':
      case 'at_least':
        return { [nameOf(part.field)]: { [ORDERS[part.op]]: inForm(part.field, part.value) } };
      case 'in':
      case 'not_in': {
        const values = part.values.map((value) => inForm(part.field, value));
        return { [nameOf(part.field)]: { [part.op === 'in' ? 'in' : 'notIn']: values } };
      }
      case 'like':
        return { [nameOf(part.field)]: likeForm(part.pattern) };
      case 'not_like':
        return { [nameOf(part.field)]: { not: null }, NOT: { [nameOf(part.field)]: likeForm(part.pattern) } };
      case 'has_member':
        return { [nameOf(part.field)]: { has: inForm(part.field, part.value) } };
      case 'overlaps':
        return { [nameOf(part.field)]: { hasSome: part.values.map((value) => inForm(part.field, value)) } };
      case 'covers':
        return { [nameOf(part.field)]: { hasEvery: part.values.map((value) => inForm(part.field, value)) } };
      default:
        throw new NoPrismaForm(`Prisma has no form for \`${part.op}\` on \`${part.field}\`; use SQL`);
    }
  };
  return render(condition);
}

const ORDERS = { less: 'lt', at_most: 'lte', greater: 'gt', at_least: 'gte' } as const;

/** Prisma knows a text's beginning, its end and what is in it; no wildcard in the midst. */
function likeForm(pattern: readonly LikePart[]): PrismaWhere {
  const shape = pattern.map((part) => ('text' in part ? 't' : '*')).join('');
  const text = pattern.flatMap((part) => ('text' in part ? [part.text] : [])).join('');
  const form = LIKE_FORMS[shape];
  if (form === undefined) throw new NoPrismaForm('Prisma has no form for a `like` with a wildcard inside; use SQL');
  return { [form]: text };
}

const LIKE_FORMS: Readonly<Record<string, string>> = {
  '': 'equals',
  t: 'equals',
  '*': 'contains',
  't*': 'startsWith',
  '*t': 'endsWith',
  '*t*': 'contains',
};
