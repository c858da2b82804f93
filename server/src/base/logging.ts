import { createRequire } from 'node:module';
import type pino from 'pino';

export type Logger = pino.Logger;

/**
 * Names of fields whose value never reaches a log line (invariant 8), wherever they stand. Matching is by exact name
 * after lower-casing and dropping `-` and `_`, so `client_secret`, `clientSecret` and `Client-Secret` are one.
 */
const SECRET_FIELDS = new Set([
  'password',
  'passwordhash',
  'secret',
  'clientsecret',
  'secrethash',
  'key',
  'apikey',
  'xapikey',
  'privatekey',
  'masterkey',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'code',
  'devicecode',
  'usercode',
  'authreqid',
  'codeverifier',
  'assertion',
  'clientassertion',
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'csrf',
  'csrftoken',
  'otp',
  'link',
  'passphrase',
  'credential',
  'databaseurl',
]);

/** Deeper or larger objects are cut, so that logging can't be made to do unbounded work. */
const DEPTH_MAX = 6;
const ENTRIES_MAX = 100;

export function redact(value: unknown, depth = 0): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (depth >= DEPTH_MAX) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, ENTRIES_MAX).map((item) => redact(item, depth + 1));
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return value.toISOString();
  const entries = Object.entries(value).slice(0, ENTRIES_MAX);
  // `fromEntries` defines what it is given; an assignment to `__proto__` would make it vanish.
  return Object.fromEntries(
    entries.map(([name, item]) => {
      const secret = isSecretField(name) && typeof item !== 'boolean';
      return [name, secret ? '[redacted]' : redact(item, depth + 1)];
    }),
  );
}

/** What fields are called is written in the program, nearly all of it: looked at once. */
const JUDGED_MAX = 2_000;
const judged = new Map<string, boolean>();

export function isSecretField(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const isSecret = SECRET_FIELDS.has(name.toLowerCase().replaceAll(/[-_]/g, ''));
  if (judged.size < JUDGED_MAX) judged.set(name, isSecret);
  return isSecret;
}

function describeError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}

export interface LoggingOptions {
  level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  destination?: pino.DestinationStream;
}

/** Loaded with the first log: a command has none. */
const load = createRequire(import.meta.url);

/** One JSON object a line, on standard error unless told otherwise; every object is redacted by field name first. */
export function createLogger({ level, destination }: LoggingOptions): Logger {
  const pino = load('pino') as typeof import('pino').default;
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: (object) => redact(object) as Record<string, unknown>, level: (label) => ({ level: label }) },
      // The formatter above already describes errors; pino's own serializer would add fields that were not redacted.
      serializers: { err: (value: unknown) => value },
    },
    destination ?? pino.destination({ dest: 2, sync: false }),
  );
}
