import { IpAddress } from './ip-address.ts';
import { Scaled } from './scaled.ts';
import {
  type CedarRecord,
  type CedarSet,
  Entity,
  isFacts,
  isRecord,
  isSet,
  notWrittenOut,
  readValue,
  type Value,
} from './values.ts';

/**
 * Cedar's `==`: values of different types are unequal, sets ignore order and repetition. Never fails on Cedar values but
 * on relationships, which can't be compared.
 */
export function equalValues(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  if (isFacts(left) || isFacts(right)) throw notWrittenOut();
  if (left instanceof Entity) return right instanceof Entity && left.id === right.id && left.type === right.type;
  if (left instanceof Scaled)
    return right instanceof Scaled && left.kind === right.kind && left.amount === right.amount;
  if (left instanceof IpAddress) return right instanceof IpAddress && equalAddresses(left, right);
  if (isSet(left)) return isSet(right) && containsAll(left, right) && containsAll(right, left);
  return isRecord(left) && isRecord(right) && equalRecords(left, right);
}

/** The host part counts: 10.0.0.1/8 and 10.0.0.2/8 are different values. */
function equalAddresses(left: IpAddress, right: IpAddress): boolean {
  return left.version === right.version && left.prefix === right.prefix && left.address === right.address;
}

function equalRecords(left: CedarRecord, right: CedarRecord): boolean {
  return coversRecord(left, right) && coversRecord(right, left);
}

/** Has `left` every member of `right`, with an equal value? */
function coversRecord(left: CedarRecord, right: CedarRecord): boolean {
  for (const name of Object.keys(right)) {
    const expected = readValue(right[name]);
    if (expected === undefined) continue;
    const found = Object.hasOwn(left, name) ? readValue(left[name]) : undefined;
    if (found === undefined || !equalValues(found, expected)) return false;
  }
  return true;
}

export function contains(set: CedarSet, needle: Value): boolean {
  if (typeof needle === 'string' || typeof needle === 'boolean') return set.includes(needle);
  for (const raw of set) {
    const member = readValue(raw);
    if (member !== undefined && equalValues(member, needle)) return true;
  }
  return false;
}

/** Above this many comparisons an index of the primitive members pays for itself, and bounds what a caller can cost. */
const COMPARISONS_MAX = 256;

export function containsAll(set: CedarSet, needles: CedarSet): boolean {
  return searchAll(set, needles, (found) => !found) === undefined;
}

export function containsAny(set: CedarSet, needles: CedarSet): boolean {
  return searchAll(set, needles, (found) => found) !== undefined;
}

/** Looks for each needle; answers the first whose result satisfies `stop`, or undefined when none does. */
function searchAll(set: CedarSet, needles: CedarSet, stop: (found: boolean) => boolean): Value | undefined {
  const indexed = set.length * needles.length > COMPARISONS_MAX ? new Set(set.map(readValue)) : undefined;
  for (const raw of needles) {
    const needle = readValue(raw);
    if (needle === undefined) continue;
    const found = indexed !== undefined && typeof needle !== 'object' ? indexed.has(needle) : contains(set, needle);
    if (stop(found)) return needle;
  }
  return undefined;
}
