import { isIP } from 'node:net';
import { type CelInput, celUint } from '@bufbuild/cel';
import { create, fromJson } from '@bufbuild/protobuf';
import { DurationSchema, TimestampSchema } from '@bufbuild/protobuf/wkt';
import ipaddr from 'ipaddr.js';
import type { JsonValue } from '#audit';
import type { ParameterJson, ParameterType } from './model-json.ts';

/** Why a value of the context does not have the type that the condition declares. */
export class ContextMismatch extends TypeError {}

const READERS: Readonly<Record<ParameterType, (value: JsonValue, element: ParameterType) => CelInput>> = {
  TYPE_NAME_ANY: (value) => value as CelInput,
  TYPE_NAME_BOOL: (value) => expect(typeof value === 'boolean', value, 'a bool'),
  TYPE_NAME_STRING: (value) => expect(typeof value === 'string', value, 'a string'),
  TYPE_NAME_INT: (value) => BigInt.asIntN(64, readInteger(value, 'an int')),
  TYPE_NAME_UINT: (value) => {
    const integer = readInteger(value, 'a uint');
    if (integer < 0n) throw mismatch('a uint');
    return celUint(BigInt.asUintN(64, integer));
  },
  TYPE_NAME_DOUBLE: readDouble,
  TYPE_NAME_DURATION: readDuration,
  TYPE_NAME_TIMESTAMP: readTimestamp,
  TYPE_NAME_IPADDRESS: (value) => {
    const address = typeof value === 'string' ? normaliseAddress(value) : undefined;
    if (address === undefined) throw mismatch('an IP address');
    return address;
  },
  TYPE_NAME_LIST: (value, element) => {
    if (!Array.isArray(value)) throw mismatch('a list');
    return value.map((item: JsonValue) => READERS[element](item, 'TYPE_NAME_ANY'));
  },
  TYPE_NAME_MAP: (value, element) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch('a map');
    const entries = Object.entries(value).map(([name, item]): [string, CelInput] => [
      name,
      READERS[element](item ?? null, 'TYPE_NAME_ANY'),
    ]);
    return new Map(entries);
  },
};

/**
 * A value of the context as CEL takes it.
 * @throws {ContextMismatch}
 */
export function readParameter(value: JsonValue, { type_name, generic_types }: ParameterJson): CelInput {
  return READERS[type_name](value, generic_types?.[0]?.type_name ?? 'TYPE_NAME_ANY');
}

/** One form for each address; an IPv4 address in IPv6 clothes (RFC 4291 §2.5.5.2) is the IPv4 address. */
export function normaliseAddress(text: string): string | undefined {
  // The library also reads forms such as 0x7f.1 that only old C libraries take for addresses.
  if (isIP(text) === 0) return undefined;
  return ipaddr.process(text).toString();
}

/** Is the address in the network (RFC 4632, RFC 4291)? Undefined when the network can't be read. */
export function isInNetwork(address: string, network: string): boolean | undefined {
  const slash = network.indexOf('/');
  const prefix = network.slice(slash + 1);
  if (slash === -1 || isIP(network.slice(0, slash)) === 0 || !/^\d{1,3}$/.test(prefix)) return undefined;
  let base = ipaddr.parse(network.slice(0, slash));
  let bits = Number(prefix);
  if (base instanceof ipaddr.IPv6 && base.isIPv4MappedAddress() && bits >= 96) {
    base = base.toIPv4Address();
    bits -= 96;
  }
  if (bits > (base.kind() === 'ipv4' ? 32 : 128)) return undefined;
  const candidate = ipaddr.process(address);
  if (candidate instanceof ipaddr.IPv4) return base instanceof ipaddr.IPv4 && candidate.match(base, bits);
  return base instanceof ipaddr.IPv6 && candidate.match(base, bits);
}

function mismatch(expected: string): ContextMismatch {
  return new ContextMismatch(`expected ${expected}`);
}

function expect(ok: boolean, value: JsonValue, expected: string): CelInput {
  if (!ok) throw mismatch(expected);
  return value as CelInput;
}

/** Numbers too large for JSON's doubles may come as text. */
function readInteger(value: JsonValue, expected: string): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,30}$/.test(value)) return BigInt(value);
  throw mismatch(expected);
}

function readDouble(value: JsonValue): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw mismatch('a double');
  return number;
}

function readTimestamp(value: JsonValue): CelInput {
  try {
    return fromJson(TimestampSchema, value as string);
  } catch {
    throw mismatch('a timestamp (RFC 3339)');
  }
}

const UNIT_NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** `1h30m`, `-2.5s`, `300ms`: the form in which OpenFGA takes durations. */
function readDuration(value: JsonValue): CelInput {
  const match = typeof value === 'string' ? /^([+-]?)((?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+|0)$/.exec(value) : null;
  if (match === null) throw mismatch('a duration such as 1h30m');
  let nanoseconds = 0;
  for (const [, amount, unit] of (match[2] ?? '').matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)) {
    nanoseconds += Number(amount) * (UNIT_NANOSECONDS[unit ?? ''] ?? 0);
  }
  const signed = match[1] === '-' ? -nanoseconds : nanoseconds;
  const seconds = Math.trunc(signed / 1e9);
  if (!Number.isSafeInteger(seconds)) throw mismatch('a duration of less than 292 years');
  return create(DurationSchema, { seconds: BigInt(seconds), nanos: Math.round(signed % 1e9) });
}
