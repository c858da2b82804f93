import type { Alg } from './signing-algorithms.ts';

/** `announced`: published, not used yet. `active`: signs. `retiring`: verifies only. `gone`: its private half is erased. */
export type SigningKeyState = 'announced' | 'active' | 'retiring' | 'gone';

export interface SigningKeyTimes {
  /** From publishing a key to signing with it: longer than anyone caches the JWKS, so that nobody meets an unknown key. */
  announcedMs: number;
  /** How long a key signs before the next one is announced. */
  activeMs: number;
  /** From the last signature to the end: longer than the longest-lived token, so that none outlives its key. */
  retiringMs: number;
}

const HOUR_MS = 3_600_000;

export const SIGNING_KEY_TIMES: SigningKeyTimes = {
  announcedMs: HOUR_MS,
  activeMs: 90 * 24 * HOUR_MS,
  retiringMs: 24 * HOUR_MS,
};

export interface LivingKey {
  id: string;
  alg: Alg;
  state: SigningKeyState;
  activates_at: number;
  retires_at: number | null;
  gone_at: number | null;
}

/** One step for one key. A key becoming active makes the one before it retire in the same step. */
export type LifeCycleStep =
  | { kind: 'announce'; alg: Alg }
  | { kind: 'activate'; id: string; retires: string | undefined }
  | { kind: 'erase'; id: string };

/** What is due for one tenant's keys. Pure: the same keys and time give the same steps. */
export function dueSteps(keys: readonly LivingKey[], now: number, times: SigningKeyTimes): LifeCycleStep[] {
  const steps: LifeCycleStep[] = [];
  for (const key of keys) {
    const ofAlg = keys.filter(({ alg }) => alg === key.alg);
    if (key.state === 'announced' && key.activates_at <= now) {
      steps.push({ kind: 'activate', id: key.id, retires: ofAlg.find(({ state }) => state === 'active')?.id });
    }
    if (key.state === 'active' && key.activates_at + times.activeMs <= now) {
      if (!ofAlg.some(({ state }) => state === 'announced')) steps.push({ kind: 'announce', alg: key.alg });
    }
    if (key.state === 'retiring' && key.gone_at !== null && key.gone_at <= now)
      steps.push({ kind: 'erase', id: key.id });
  }
  return steps;
}
