import type { Condition, LikePart, Scalar } from './condition.ts';
import type { Field } from './fields.ts';

export interface SqlFilter {
  /** A truth value of PostgreSQL, with `$1`, `$2`, … for the values. NULL means no, as in every `where`. */
  text: string;
  values: readonly (Scalar | readonly Scalar[])[];
}

export interface SqlTable {
  fields: ReadonlyMap<string, Field>;
  /** Alias or table that qualifies the columns. */
  table?: string | undefined;
  /** The number of the first parameter, where others stand before it. */
  firstParameter?: number;
}

/** For a `where`: values are parameters. */
export function toSql(condition: Condition, table: SqlTable): SqlFilter {
  const values: (Scalar | readonly Scalar[])[] = [];
  const first = table.firstParameter ?? 1;
  const text = render(condition, table, (value, type) => {
    values.push(value);
    return `$${first + values.length - 1}::${type}`;
  });
  return { text, values };
}

/** For a policy of row-level security or a view, which take no parameters: values are literals. */
export function toSqlLiteral(condition: Condition, table: SqlTable): string {
  return render(condition, table, (value, type) => {
    if (!Array.isArray(value)) return `${literal(value as Scalar)}::${type}`;
    return `array[${value.map(literal).join(', ')}]::${type}`;
  });
}

type Place = (value: Scalar | readonly Scalar[], type: string) => string;

const COMPARISONS = {
  equals: '=',
  differs: '<>',
  less: '<',
  at_most: '<=',
  greater: '>',
  at_least: '>=',
  equals_field: '=',
  differs_from_field: '<>',
} as const;

const SETS = {
  overlaps: (column: string, values: string) => `${column} && ${values}`,
  disjoint: (column: string, values: string) => `not (${column} && ${values})`,
  covers: (column: string, values: string) => `${column} @> ${values}`,
  not_covers: (column: string, values: string) => `not (${column} @> ${values})`,
  within: (column: string, values: string) => `${column} <@ ${values}`,
  not_within: (column: string, values: string) => `not (${column} <@ ${values})`,
} as const;

/** Every comparison with NULL is NULL, which counts as no; and nothing above negates it. */
function render(condition: Condition, table: SqlTable, place: Place): string {
  switch (condition.op) {
    case 'always':
      return 'true';
    // What is not known was asked without a table; there is no filter of it.
    case 'unknown':
    case 'never':
      return 'false';
    case 'and':
    case 'or':
      return `(${condition.of.map((part) => render(part, table, place)).join(` ${condition.op} `)})`;
    case 'present':
      return `${columnOf(condition.field, table)} is not null`;
    case 'absent':
      return `${columnOf(condition.field, table)} is null`;
    case 'equals_field':
    case 'differs_from_field':
      return `${columnOf(condition.field, table)} ${COMPARISONS[condition.op]} ${columnOf(condition.other, table)}`;
    case 'in':
    case 'not_in': {
      const values = place(condition.values, `${typeOf(condition.field, table)}[]`);
      return `${columnOf(condition.field, table)} ${condition.op === 'in' ? `= any(${values})` : `<> all(${values})`}`;
    }
    case 'like':
    case 'not_like': {
      const word = condition.op === 'like' ? 'like' : 'not like';
      return `${columnOf(condition.field, table)} ${word} ${place(patternOf(condition.pattern), 'text')}`;
    }
    case 'has_member':
    case 'lacks_member': {
      const value = place(condition.value, typeOf(condition.field, table));
      const column = columnOf(condition.field, table);
      return condition.op === 'has_member' ? `${value} = any(${column})` : `${value} <> all(${column})`;
    }
    case 'equals':
    case 'differs':
    case 'less':
    case 'at_most':
    case 'greater':
    case 'at_least': {
      const value = place(condition.value, typeOf(condition.field, table));
      return `${columnOf(condition.field, table)} ${COMPARISONS[condition.op]} ${value}`;
    }
    default:
      return SETS[condition.op](
        columnOf(condition.field, table),
        place(condition.values, `${typeOf(condition.field, table)}[]`),
      );
  }
}

function columnOf(name: string, { fields, table }: SqlTable): string {
  const column = quoteName(fields.get(name)?.column ?? name);
  return table === undefined ? column : `${quoteName(table)}.${column}`;
}

/** The type of one value, of a set's members too. */
function typeOf(name: string, { fields }: SqlTable): string {
  const field = fields.get(name);
  if (field?.uuid === true) return 'uuid';
  if (field?.type === 'boolean') return 'boolean';
  return field?.type === 'long' || field?.type === 'longs' ? 'bigint' : 'text';
}

function patternOf(parts: readonly LikePart[]): string {
  return parts.map((part) => ('text' in part ? part.text.replaceAll(/[\\%_]/g, '\\$&') : '%')).join('');
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Standard strings, or the escaped form where a backslash might be read as more than itself. */
function literal(value: Scalar): string {
  // A bare negative number would be cast before its sign counts, and the smallest does not fit without it.
  if (typeof value !== 'string') return `'${value}'`;
  const quoted = value.replaceAll("'", "''");
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}
