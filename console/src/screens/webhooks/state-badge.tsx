import type { AnswerOf } from '@gatehouse/sdk/admin';
import { useWords } from '../../language/own-words.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { webhookWords } from './words.ts';

export type State = AnswerOf<'get', '/api/v1/webhooks/{name}/state'>;

const TONES: Readonly<Record<State['status'], Tone>> = {
  active: 'good',
  failing: 'warn',
  paused: 'quiet',
  disabled: 'bad',
  without_secret: 'warn',
};

export function StateBadge({ status }: Pick<State, 'status'>) {
  const words = useWords(webhookWords);
  return <Badge tone={TONES[status]}>{words.states[status]}</Badge>;
}
