import { formatDecimal } from './decimal.ts';
import { describeEntity } from './describe-expression.ts';
import { EntityRelations, RelationMembers } from './entity-relations.ts';
import { IpAddress } from './ip-address.ts';
import { Scaled } from './scaled.ts';
import { Entity, isRecord, isSet, readValue, type Value } from './values.ts';

/** Explanations are read by people: more than this is not read. */
const LENGTH_MAX = 200;
const DEPTH_MAX = 4;
const MEMBERS_MAX = 20;

/** A value for people, in Cedar's notation as far as it has one. */
export function describeValue(value: Value): string {
  const text = write(value, 0);
  return text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX)}…` : text;
}

function write(value: Value, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LENGTH_MAX));
  if (typeof value !== 'object') return String(value);
  if (value instanceof Entity) return describeEntity(value);
  if (value instanceof Scaled) return writeScaled(value);
  if (value instanceof IpAddress) return `ip(${value.version === 4 ? 'IPv4' : 'IPv6'} of prefix ${value.prefix})`;
  if (value instanceof EntityRelations) return `the relationships of ${describeEntity(value.entity)}`;
  if (value instanceof RelationMembers)
    return `all who have the relation ${value.relation} to ${describeEntity(value.entity)}`;
  if (depth >= DEPTH_MAX) return '…';
  if (isSet(value))
    return `[${value
      .slice(0, MEMBERS_MAX)
      .map((raw) => writeRaw(raw, depth + 1))
      .join(', ')}]`;
  if (!isRecord(value)) return '…';
  const members = Object.entries(value).slice(0, MEMBERS_MAX);
  return `{${members.map(([name, raw]) => `${JSON.stringify(name)}: ${writeRaw(raw, depth + 1)}`).join(', ')}}`;
}

function writeRaw(raw: unknown, depth: number): string {
  try {
    const value = readValue(raw);
    return value === undefined ? 'absent' : write(value, depth);
  } catch {
    return 'not a Cedar value';
  }
}

function writeScaled({ kind, amount }: Scaled): string {
  if (kind === 'decimal') return `decimal("${formatDecimal(BigInt(amount))}")`;
  if (kind === 'duration') return `duration("${amount}ms")`;
  const date = new Date(Number(amount));
  return Number.isNaN(date.getTime()) ? `datetime of ${amount} ms` : `datetime("${date.toISOString()}")`;
}
