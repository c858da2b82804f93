import type { StepUp } from './options.ts';

/** What an API that says no would have (RFC 6750 §3, RFC 9470 §3). */
export interface Challenge {
  error: string | undefined;
  stepUp: StepUp | undefined;
}

export function readChallenge({ headers }: Response): Challenge {
  const text = headers.get('www-authenticate') ?? '';
  const read = (name: string) => {
    const match = new RegExp(`(?:^|[\\s,])${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"]+))`, 'i').exec(text);
    return match?.[1] ?? match?.[2];
  };
  const error = read('error');
  if (error !== 'insufficient_user_authentication') return { error, stepUp: undefined };
  const acrValues = read('acr_values');
  const maxAge = read('max_age');
  return {
    error,
    stepUp: {
      ...(acrValues === undefined ? {} : { acrValues }),
      ...(maxAge !== undefined && /^\d+$/.test(maxAge) ? { maxAgeSeconds: Number(maxAge) } : {}),
    },
  };
}
