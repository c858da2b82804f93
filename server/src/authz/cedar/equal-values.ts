import { EvaluationFailure } from './evaluation-failure.ts';
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
 * Values inside values that one operator compares, at most. Sets of records are compared each with each, so two sets out
 * of one request body could keep a process busy for a minute. This takes about ten milliseconds.
 */
const COMPARISONS_OF_AN_OPERATOR_MAX = 200_000;

/** What is left to one operator; made when it first looks into a set or a record. */
class Effort {
  #left = COMPARISONS_OF_AN_OPERATOR_MAX;

  spend(comparisons = 1): void {
    this.#left -= comparisons;
    if (this.#left < 0) {
      throw new EvaluationFailure(
        `it takes more than ${COMPARISONS_OF_AN_OPERATOR_MAX} comparisons of what is in sets`,
      );
    }
  }
}

/**
 * Cedar's `==`: values of different types are unequal, sets ignore order and repetition. On Cedar values it fails only
 * on relationships, which can't be compared, and where it would take too long.
 */
export function equalValues(left: Value, right: Value, effort?: Effort): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  if (isFacts(left) || isFacts(right)) throw notWrittenOut();
  if (left instanceof Entity) return right instanceof Entity && left.id === right.id && left.type === right.type;
  if (left instanceof Scaled)
    return right instanceof Scaled && left.kind === right.kind && left.amount === right.amount;
  if (left instanceof IpAddress) return right instanceof IpAddress && equalAddresses(left, right);
  if (isSet(left)) {
    if (!isSet(right)) return false;
    const shared = effort ?? new Effort();
    return allAreIn(left, right, shared) && allAreIn(right, left, shared);
  }
  return isRecord(left) && isRecord(right) && equalRecords(left, right, effort ?? new Effort());
}

/** The host part counts: 10.0.0.1/8 and 10.0.0.2/8 are different values. */
function equalAddresses(left: IpAddress, right: IpAddress): boolean {
  return left.version === right.version && left.prefix === right.prefix && left.address === right.address;
}

function equalRecords(left: CedarRecord, right: CedarRecord, effort: Effort): boolean {
  return coversRecord(left, right, effort) && coversRecord(right, left, effort);
}

/** Has `left` every member of `right`, with an equal value? */
function coversRecord(left: CedarRecord, right: CedarRecord, effort: Effort): boolean {
  for (const name of Object.keys(right)) {
    effort.spend();
    const expected = readValue(right[name]);
    if (expected === undefined) continue;
    const found = Object.hasOwn(left, name) ? readValue(left[name]) : undefined;
    if (found === undefined || !equalValues(found, expected, effort)) return false;
  }
  return true;
}

export function contains(set: CedarSet, needle: Value): boolean {
  if (typeof needle === 'string' || typeof needle === 'boolean') return set.includes(needle);
  return isAmong(set, needle, new Effort());
}

export function containsAll(set: CedarSet, needles: CedarSet): boolean {
  return allAreIn(set, needles, new Effort());
}

export function containsAny(set: CedarSet, needles: CedarSet): boolean {
  return searchAll(set, needles, (found) => found, new Effort()) !== undefined;
}

function allAreIn(set: CedarSet, needles: CedarSet, effort: Effort): boolean {
  return searchAll(set, needles, (found) => !found, effort) === undefined;
}

function isAmong(set: CedarSet, needle: Value, effort: Effort): boolean {
  for (const raw of set) {
    const member = readValue(raw);
    // What has no parts is told apart at a glance: only what is looked into counts.
    if (typeof needle === 'object') effort.spend();
    if (member !== undefined && equalValues(member, needle, effort)) return true;
  }
  return false;
}

/** Above this many comparisons an index of the primitive members pays for itself, and bounds what a caller can cost. */
const COMPARISONS_MAX = 256;

/** Looks for each needle; answers the first whose result satisfies `stop`, or undefined when none does. */
function searchAll(
  set: CedarSet,
  needles: CedarSet,
  stop: (found: boolean) => boolean,
  effort: Effort,
): Value | undefined {
  const indexed = set.length * needles.length > COMPARISONS_MAX ? new Set(set.map(readValue)) : undefined;
  if (indexed !== undefined) effort.spend(set.length >> 4);
  for (const raw of needles) {
    const needle = readValue(raw);
    if (needle === undefined) continue;
    const found =
      indexed !== undefined && typeof needle !== 'object' ? indexed.has(needle) : isAmong(set, needle, effort);
    if (stop(found)) return needle;
  }
  return undefined;
}
