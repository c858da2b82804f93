import { dateOf, durationIn, durationSince, offsetDatetime, parseDatetime, timeOf } from './datetime.ts';
import { parseDecimal } from './decimal.ts';
import { parseDuration } from './duration.ts';
import { typeFailure } from './evaluation-failure.ts';
import { IpAddress, isInRange, isLoopback, isMulticast, parseIpAddress } from './ip-address.ts';
import { Scaled, type ScaledKind } from './scaled.ts';
import { typeName, type Value } from './values.ts';

/** The functions of Cedar's extension types. The number of parameters is checked when called, as the language has it. */
export type ExtensionFunction = (...values: Value[]) => Value;

export const EXTENSION_FUNCTIONS: ReadonlyMap<string, ExtensionFunction> = new Map<string, ExtensionFunction>([
  ['decimal', (text: Value) => parseDecimal(asText(text))],
  ['lessThan', compareDecimals((left, right) => left < right)],
  ['lessThanOrEqual', compareDecimals((left, right) => left <= right)],
  ['greaterThan', compareDecimals((left, right) => left > right)],
  ['greaterThanOrEqual', compareDecimals((left, right) => left >= right)],
  ['ip', (text: Value) => parseIpAddress(asText(text))],
  ['isIpv4', (address: Value) => asAddress(address).version === 4],
  ['isIpv6', (address: Value) => asAddress(address).version === 6],
  ['isLoopback', (address: Value) => isLoopback(asAddress(address))],
  ['isMulticast', (address: Value) => isMulticast(asAddress(address))],
  ['isInRange', (address: Value, range: Value) => isInRange(asAddress(address), asAddress(range))],
  ['datetime', (text: Value) => parseDatetime(asText(text))],
  ['duration', (text: Value) => parseDuration(asText(text))],
  ['offset', (time: Value, by: Value) => offsetDatetime(as('datetime', time), as('duration', by))],
  ['durationSince', (time: Value, since: Value) => durationSince(as('datetime', time), as('datetime', since))],
  ['toDate', (time: Value) => dateOf(as('datetime', time))],
  ['toTime', (time: Value) => timeOf(as('datetime', time))],
  ['toMilliseconds', (time: Value) => as('duration', time).amount],
  ['toSeconds', (time: Value) => durationIn(as('duration', time), [1000])],
  ['toMinutes', (time: Value) => durationIn(as('duration', time), [1000, 60])],
  ['toHours', (time: Value) => durationIn(as('duration', time), [1000, 60, 60])],
  ['toDays', (time: Value) => durationIn(as('duration', time), [1000, 60, 60, 24])],
]);

type Comparison = (left: number | bigint, right: number | bigint) => boolean;

function compareDecimals(compare: Comparison): ExtensionFunction {
  return (left: Value, right: Value) => compare(as('decimal', left).amount, as('decimal', right).amount);
}

function asText(value: Value): string {
  if (typeof value === 'string') return value;
  throw typeFailure('string', typeName(value));
}

function asAddress(value: Value): IpAddress {
  if (value instanceof IpAddress) return value;
  throw typeFailure('ipaddr', typeName(value));
}

function as(kind: ScaledKind, value: Value): Scaled {
  if (value instanceof Scaled && value.kind === kind) return value;
  throw typeFailure(kind, typeName(value));
}
