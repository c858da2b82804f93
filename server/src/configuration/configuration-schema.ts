import { z } from 'zod';
import { LIMITS } from '#base';
import {
  addressRange,
  besideListener,
  controlListener,
  gatewayListener,
  RANGES_MAX,
  upstreamTls,
} from './listener-schema.ts';
import { mail } from './mail-schema.ts';
import { outbound } from './outbound-schema.ts';

/** Everything needed before the database is open. All else is a resource: `gatehouse apply`. */
export const ROLES = ['all', 'control', 'gateway'] as const;
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const issuer = z
  .string()
  .max(LIMITS.urlLengthMax)
  .refine(isOrigin, 'must be scheme, host and port only, for example https://auth.example.com')
  .transform((text) => new URL(text).origin);

const masterKey = z
  .discriminatedUnion('from', [
    z.strictObject({
      from: z.literal('file'),
      path: z.string().min(1).optional().describe('master.key in the data folder unless named'),
    }),
    z.strictObject({ from: z.literal('environment'), variable: z.string().min(1).default('GATEHOUSE_MASTER_KEY') }),
    z.strictObject({
      from: z.literal('command'),
      command: z
        .array(z.string())
        .min(1)
        .max(50)
        .describe('Program and arguments, run without a shell; prints the key.'),
    }),
  ])
  .describe('Where the key comes from that everything else is sealed under. It is never kept in the database.');

/** RFC 9110 §5.1. */
const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'must be the name of a header');

export const configurationSchema = z
  .strictObject({
    issuer: issuer
      .default('http://localhost:7700')
      .describe('The public address of the control plane: `iss` of every token, and the start of every link.'),
    certificateAddress: issuer
      .optional()
      .describe(
        'Where callers of the same control plane are asked for a certificate: told as mtls_endpoint_aliases (RFC 8705). The issuer at listeners.control.certificatePort, if there is one.',
      ),
    role: z
      .enum(ROLES)
      .default('all')
      .describe('What this process does. One process does everything unless told otherwise.'),
    dataFolder: z
      .string()
      .min(1)
      .default('./gatehouse-data')
      .describe('Embedded database, master key, audit checkpoints and the local credential; relative to this file.'),
    listeners: z
      .strictObject({
        control: controlListener,
        gateway: gatewayListener,
        beside: besideListener.optional(),
      })
      .prefault({}),
    database: z
      .strictObject({
        url: z.string().max(LIMITS.urlLengthMax).refine(isPostgresUrl, 'must begin with postgres:// or postgresql://'),
      })
      .optional()
      .describe('Another PostgreSQL than the embedded one. A password belongs into the variable DATABASE_URL instead.'),
    redis: z
      .strictObject({
        url: z.string().max(LIMITS.urlLengthMax).refine(isRedisUrl, 'must begin with redis:// or rediss://'),
        whenDown: z
          .enum(['share', 'refuse'])
          .default('share')
          .describe('While it does not answer: each process goes on with its share of every limit, or nothing passes.'),
        timeoutMilliseconds: z.int().min(1).max(1000).default(5).describe('How long a request may wait for it.'),
      })
      .optional()
      .describe(
        'Redis or Valkey, where several processes count their limits together. A password belongs into REDIS_URL.',
      ),
    masterKey: masterKey.optional(),
    mail: mail.optional(),
    upstreamTls: upstreamTls.optional(),
    outbound: outbound.prefault({}),
    log: z.strictObject({ level: z.enum(LOG_LEVELS).default('info') }).prefault({}),
    relations: z
      .strictObject({
        tuplesInMemoryMax: z
          .int()
          .min(0)
          .max(100_000_000)
          .default(20_000_000)
          .describe('A store with more tuples is asked in the database. One takes about 60 bytes.'),
      })
      .prefault({}),
    trustedProxies: z
      .array(addressRange)
      .max(RANGES_MAX)
      .default([])
      .describe('Proxies in front whose X-Forwarded-For is believed.'),
    clientCertificatesFrom: z
      .array(addressRange)
      .max(RANGES_MAX)
      .default([])
      .describe(
        'Those of trustedProxies that end TLS and tell the certificate of their caller in Client-Cert (RFC 9440), which they take out of what callers send. From anyone else the field is ignored.',
      ),
    geo: z
      .strictObject({
        country: headerName.describe('Two letters, as CF-IPCountry has them.'),
        region: headerName.optional().describe('As people read it.'),
        latitude: headerName.optional().describe('Degrees; kept rounded to whole ones.'),
        longitude: headerName.optional(),
      })
      .optional()
      .describe(
        'Headers in which proxies in trustedProxies say where a request comes from. Left out: places are not kept.',
      ),
  })
  .describe('Boot configuration of Gatehouse (gatehouse.yaml)');

export type ConfigurationFile = z.output<typeof configurationSchema>;

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const bare =
    url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  return bare && (url.protocol === 'https:' || url.protocol === 'http:') && !text.includes('?') && !text.includes('#');
}

function isPostgresUrl(text: string): boolean {
  return URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol);
}

function isRedisUrl(text: string): boolean {
  return URL.canParse(text) && ['redis:', 'rediss:'].includes(new URL(text).protocol);
}
