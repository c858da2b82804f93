import { z } from 'zod';
import type { FieldError } from '#base';

/** Whose requests count together. */
export const LIMIT_SUBJECTS = ['credential', 'principal', 'organization', 'ip', 'route'] as const;
export type LimitSubject = (typeof LIMIT_SUBJECTS)[number];

export const QUOTA_PERIODS = ['day', 'month'] as const;
export type QuotaPeriod = (typeof QUOTA_PERIODS)[number];

/**
 * One limit, in one of four forms told apart by their fields: a token bucket (`requests`, `perSeconds`, `burst`), a
 * sliding window (`window: sliding`), a quota (`requests`, `per`), or how many at the same time (`concurrent`).
 */
export const limitSchema = z.strictObject({
  requests: z.int().min(1).max(1_000_000_000).optional().describe('How many requests in each period.'),
  perSeconds: z.int().min(1).max(31_536_000).optional().describe('The period, in seconds.'),
  burst: z
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe('How many at once; as many as `requests` when left out. Token buckets only.'),
  window: z
    .literal('sliding')
    .optional()
    .describe('Never more than `requests` in any `perSeconds`, wherever they begin. A token bucket when left out.'),
  per: z.enum(QUOTA_PERIODS).optional().describe('A quota: by calendar day or month, in UTC. Survives a restart.'),
  concurrent: z.int().min(1).max(100_000).optional().describe('How many may be under way at the same time.'),
  by: z.enum(LIMIT_SUBJECTS).optional().describe('Whose requests count together.'),
});

export type LimitSpec = z.output<typeof limitSchema>;

/** Of one plan or route. Each is looked at for each request. */
export const limitsSchema = z.array(limitSchema).min(1).max(8);

/** What stands where a limit of this form needs it, and nothing else. */
const FORMS = {
  concurrency: { needs: ['concurrent'], allows: [] },
  quota: { needs: ['requests', 'per'], allows: [] },
  window: { needs: ['requests', 'perSeconds', 'window'], allows: [] },
  bucket: { needs: ['requests', 'perSeconds'], allows: ['burst'] },
} as const satisfies Record<string, { needs: readonly (keyof LimitSpec)[]; allows: readonly (keyof LimitSpec)[] }>;

export type LimitForm = keyof typeof FORMS;

export function formOf(spec: LimitSpec): LimitForm {
  if (spec.concurrent !== undefined) return 'concurrency';
  if (spec.per !== undefined) return 'quota';
  return spec.window === undefined ? 'bucket' : 'window';
}

const FORM_NAMES: Record<LimitForm, string> = {
  concurrency: 'a limit of requests under way (`concurrent`)',
  quota: 'a quota (`per`)',
  window: 'a sliding window',
  bucket: 'a token bucket',
};

/** A window of more than this would need the wall clock, and a quota says the same better. */
const WINDOW_SECONDS_MAX = 86_400;
/** A token bucket is counted in memory as a floating-point instant; far above this a token is shorter than its precision. */
const BUCKET_REQUESTS_MAX = 10_000_000;

/** What the schema can't say of one limit. */
export function checkLimit(spec: LimitSpec, path: string): FieldError[] {
  const form = formOf(spec);
  const { needs, allows } = FORMS[form];
  const known: readonly string[] = [...needs, ...allows, 'by'];
  const errors: FieldError[] = [];
  for (const field of needs) {
    if (spec[field] === undefined) errors.push({ path: `${path}.${field}`, message: `${FORM_NAMES[form]} needs it` });
  }
  for (const [field, value] of Object.entries(spec)) {
    if (value !== undefined && !known.includes(field))
      errors.push({ path: `${path}.${field}`, message: `means nothing with ${FORM_NAMES[form]}` });
  }
  if (form === 'window' && (spec.perSeconds ?? 0) > WINDOW_SECONDS_MAX)
    errors.push({
      path: `${path}.perSeconds`,
      message: 'a sliding window is a day at most; use a quota (`per: month`)',
    });
  if (form !== 'quota' && (spec.requests ?? 0) > BUCKET_REQUESTS_MAX)
    errors.push({ path: `${path}.requests`, message: `is ${BUCKET_REQUESTS_MAX} at most without \`per\`` });
  return errors;
}

/**
 * Several limits in one place: each by itself, and none that another makes idle or ambiguous.
 * @param by whose requests count together where a limit does not say.
 */
export function checkLimits(specs: readonly LimitSpec[], path: string, by: LimitSubject): FieldError[] {
  const periods = specs.map((spec) => [formOf(spec), spec.per ?? spec.perSeconds ?? '', spec.by ?? by].join(' '));
  return specs.flatMap((spec, index) => {
    const place = `${path}.${index}`;
    const field = { concurrency: 'concurrent', quota: 'per', window: 'perSeconds', bucket: 'perSeconds' }[formOf(spec)];
    const twice = periods.indexOf(periods[index] ?? '') < index;
    return [
      ...checkLimit(spec, place),
      ...(twice ? [{ path: `${place}.${field}`, message: 'is the period of an earlier limit; keep one of them' }] : []),
    ];
  });
}
