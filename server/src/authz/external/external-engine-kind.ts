import { z } from 'zod';
import { LIMITS } from '#base';
import { defineKind } from '#resources';

const rulePath = z
  .string()
  .max(256)
  .regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, 'must be the path of a rule, as `gatehouse/allow`');

/** 2 MB as base64: a compiled policy is some 100 kB, with the runtime of Rego in it. */
const WASM_LENGTH_MAX = 2_800_000;
const DATA_LENGTH_MAX = 1_000_000;

const common = {
  timeoutMilliseconds: z.int().min(10).max(10_000).default(1_000),
  cacheSeconds: z
    .int()
    .min(0)
    .max(300)
    .default(0)
    .describe('How long an answer counts for the same question at another time. Not at all unless given.'),
  description: z.string().max(LIMITS.textLengthMax).optional().describe('What it is for, for people.'),
};

const serverSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(LIMITS.urlLengthMax)
    .refine((url) => {
      const { username, password, search, hash } = new URL(url);
      return username + password + search + hash === '';
    }, 'must hold no credentials, query or fragment')
    .describe('Where the OPA server answers: `https://opa.example.com`. Plain http only within `networks`.'),
  path: rulePath.describe('The rule that is asked for, as `gatehouse/allow`: `POST /v1/data/gatehouse/allow`.'),
  networks: z
    .array(z.union([z.cidrv4(), z.cidrv6()]))
    .max(LIMITS.listLengthMax)
    .optional()
    .describe('Private ranges that it may be in, as `10.1.0.0/16`. Without them only public addresses, over https.'),
  ...common,
});

const wasmSchema = z.strictObject({
  wasm: z
    .base64()
    .min(12)
    .max(WASM_LENGTH_MAX)
    .describe('`policy.wasm` as base64: what `opa build -t wasm -e gatehouse/allow` compiles.'),
  entrypoint: rulePath.describe('The rule that is asked for; it must be an entry point of the module.'),
  data: z
    .record(z.string(), z.unknown())
    .refine((data) => JSON.stringify(data).length <= DATA_LENGTH_MAX, `must be at most ${DATA_LENGTH_MAX} characters`)
    .optional()
    .describe('What the rules see as `data`.'),
  ...common,
});

const externalEngineSchema = z.union([serverSchema, wasmSchema], {
  error: 'needs either url and path (a server), or wasm and entrypoint (a compiled policy)',
});

export type ServerEngineSpec = z.output<typeof serverSchema>;
export type WasmEngineSpec = z.output<typeof wasmSchema>;
export type ExternalEngineSpec = ServerEngineSpec | WasmEngineSpec;

export const externalEngineKind = defineKind({
  kind: 'external_engine',
  plural: 'external_engines',
  idKind: 'externalEngine',
  description:
    'An OPA server, or a policy compiled by OPA, that routes may ask besides, after the policies here have allowed.',
  schema: externalEngineSchema,
});
