import type { Key } from '@gatehouse/sdk/admin';
import { useTranslation } from 'react-i18next';
import { Badge, type Tone } from '../../parts/badge.tsx';

export type KeyState = 'active' | 'ending' | 'expired' | 'quarantined' | 'revoked';

/** In the order in which the gateway would refuse it. */
export function stateOf({ revokedAt, quarantinedAt, expiresAt, replacedBy }: Key, now = Date.now()): KeyState {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt !== null && expiresAt <= now) return 'expired';
  if (quarantinedAt !== null) return 'quarantined';
  return replacedBy === null ? 'active' : 'ending';
}

const TONES: Record<KeyState, Tone> = {
  active: 'good',
  ending: 'warn',
  expired: 'quiet',
  quarantined: 'warn',
  revoked: 'bad',
};

export function KeyStateBadge({ apiKey }: { apiKey: Key }) {
  const { t } = useTranslation();
  const state = stateOf(apiKey);
  return <Badge tone={TONES[state]}>{t(`keys.states.${state}`)}</Badge>;
}
