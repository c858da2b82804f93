import { z } from 'zod';
import { type FieldError, LIMITS } from '#base';
import { checkUpstreamSecrets, upstreamSecretsSchema } from '../upstream-secrets/secret-spec.ts';
import { checkHash, hashSchema } from './hash-spec.ts';

const seconds = (most: number) => z.number().min(0.05).max(most);

/** By which a server, or a proxy before it, says that it can't answer now. 429 says that nobody should ask again so soon. */
const RETRIED_STATUSES = [502, 503, 504] as const;

export const upstreamSchema = z.strictObject({
  description: z.string().max(LIMITS.textLengthMax).optional(),
  targets: z
    .array(
      z.strictObject({
        url: z
          .url({ protocol: /^https?$/ })
          .max(LIMITS.urlLengthMax)
          .describe('`http://host:port`, with the base path.'),
        weight: z.int().min(1).max(1000).default(1).describe('How much of the work it takes beside the others.'),
      }),
    )
    .min(1)
    .max(64),
  protocol: z
    .enum(['http/1.1', 'grpc'])
    .optional()
    .describe('`grpc`: HTTP/2 with trailers, for callers who speak HTTP/2 themselves. HTTP/1.1 when left out.'),
  balance: z
    .enum(['least_loaded', 'round_robin'])
    .default('least_loaded')
    .describe('Who gets a request: whoever has least under way for its weight, or each in turn by weight.'),
  hash: hashSchema
    .optional()
    .describe('Requests of one value go to one target while it is well. Those without a value go as `balance` says.'),
  audience: z
    .string()
    .min(1)
    .max(LIMITS.urlLengthMax)
    .optional()
    .describe('Audience of `Gatehouse-Identity`; the origin of the first target when left out.'),
  secrets: upstreamSecretsSchema
    .optional()
    .describe('What the service asks for and callers never hold. Values are set by themselves, and never exported.'),
  health: z
    .strictObject({
      path: z
        .string()
        .max(1024)
        .regex(/^\/[\x21-\x7e]*$/, 'must be a path that begins with a slash'),
      intervalSeconds: seconds(3600).default(10),
      timeoutSeconds: seconds(60).default(2),
      healthyAfter: z.int().min(1).max(100).default(2).describe('Answers in a row that are 2xx or 3xx.'),
      unhealthyAfter: z.int().min(1).max(100).default(3).describe('Answers in a row that are not.'),
    })
    .optional()
    .describe('Ask each target by itself whether it is well. Without it only what happens to requests tells.'),
  ejection: z
    .strictObject({
      failures: z.int().min(1).max(1000).default(5).describe('In a row: no connection, no answer, or 502, 503, 504.'),
      seconds: seconds(3600).default(10).describe('How long the first time; twice as long each further time.'),
      shareMax: z.number().min(0).max(1).default(0.5).describe('Never more than this part of the targets at once.'),
    })
    .prefault({})
    .describe('Requests that fail keep a target from getting more.'),
  breaker: z
    .strictObject({
      failures: z.int().min(1).max(10_000).default(20).describe('In a row, of all targets together.'),
      seconds: seconds(600).default(5),
      inFlightMax: z.int().min(1).max(100_000).default(4096).describe('Under way at once; more are refused.'),
    })
    .prefault({})
    .describe('When nothing works any more, callers are told at once, and one request at a time tries again.'),
  retries: z
    .strictObject({
      most: z.int().min(0).max(5).default(1),
      budget: z.number().min(0).max(1).default(0.2).describe('Retries for each request, over time.'),
      statuses: z
        .array(z.literal(RETRIED_STATUSES))
        .min(1)
        .max(RETRIED_STATUSES.length)
        .optional()
        .describe('Answers in whose place another target is asked. None when left out: they are passed on.'),
    })
    .prefault({})
    .describe('Only what was not sent, or can do no harm twice.'),
  slowStartSeconds: seconds(3600).optional().describe('A target that comes back gets its full share after so long.'),
  timeouts: z
    .strictObject({
      connectSeconds: seconds(60).default(5),
      headSeconds: seconds(3600).default(30).describe('Until the response head has come.'),
      idleSeconds: seconds(3600).default(60).describe('Between two pieces of the response.'),
      totalSeconds: seconds(86_400).optional().describe('For everything, retries included.'),
    })
    .prefault({}),
});

export type UpstreamSpec = z.output<typeof upstreamSchema>;

/** What the schema can't say. */
export function checkUpstream({
  targets,
  timeouts,
  health,
  protocol,
  retries,
  hash,
  secrets = [],
}: UpstreamSpec): FieldError[] {
  const errors = checkUpstreamSecrets(secrets);
  const seen = new Set<string>();
  const basePath = URL.parse(targets[0]?.url ?? '')?.pathname;
  for (const [index, { url: text }] of targets.entries()) {
    const path = `targets.${index}.url`;
    const url = URL.parse(text);
    if (url === null) continue;
    if (url.username !== '' || url.password !== '')
      errors.push({ path, message: 'must not hold a user name or password' });
    if (url.search !== '' || url.hash !== '') errors.push({ path, message: 'must not hold a query or fragment' });
    if (seen.has(url.origin)) errors.push({ path, message: 'is there twice; give it a weight' });
    if (url.pathname !== basePath) errors.push({ path, message: 'must have the base path of the first target' });
    seen.add(url.origin);
  }
  if (timeouts.totalSeconds !== undefined && timeouts.totalSeconds < timeouts.connectSeconds)
    errors.push({
      path: 'timeouts.totalSeconds',
      message: `must be at least timeouts.connectSeconds, which is ${timeouts.connectSeconds}`,
    });
  if (health !== undefined && health.timeoutSeconds > health.intervalSeconds)
    errors.push({ path: 'health.timeoutSeconds', message: 'is longer than the interval' });
  if (protocol === 'grpc' && health !== undefined)
    errors.push({ path: 'health', message: 'is asked in HTTP/1.1, which a service that speaks gRPC does not answer' });
  if (hash !== undefined) errors.push(...checkHash(hash));
  const { statuses = [] } = retries;
  if (protocol === 'grpc' && statuses.length > 0)
    errors.push({
      path: 'retries.statuses',
      message: 'gRPC calls are POST, of which none is tried again: leave it out',
    });
  if (new Set(statuses).size < statuses.length)
    errors.push({ path: 'retries.statuses', message: 'names a status twice' });
  return errors;
}
