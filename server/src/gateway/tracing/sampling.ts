import type { Logger } from '#base';

type Root = 'always_on' | 'always_off' | 'traceidratio';

/** The samplers that OpenTelemetry names for OTEL_TRACES_SAMPLER. */
const SAMPLERS: Readonly<Record<string, { root: Root; parentBased: boolean }>> = {
  always_on: { root: 'always_on', parentBased: false },
  always_off: { root: 'always_off', parentBased: false },
  traceidratio: { root: 'traceidratio', parentBased: false },
  parentbased_always_on: { root: 'always_on', parentBased: true },
  parentbased_always_off: { root: 'always_off', parentBased: true },
  parentbased_traceidratio: { root: 'traceidratio', parentBased: true },
};

/** The specification asks for a warning and the default where a value is not understood. */
export function samplerName(name: string | undefined, log: Pick<Logger, 'warn'>) {
  const fallback = { root: 'always_on', parentBased: true } as const;
  if (!name) return fallback;
  const known = Object.hasOwn(SAMPLERS, name) ? SAMPLERS[name] : undefined;
  if (known === undefined) log.warn('OTEL_TRACES_SAMPLER names no sampler; every trace is kept');
  return known ?? fallback;
}

export function sampleRatio(text: string | undefined, log: Pick<Logger, 'warn'>): number {
  const ratio = text ? Number(text) : 1;
  if (ratio >= 0 && ratio <= 1) return ratio;
  log.warn('OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1; every trace is kept');
  return 1;
}
