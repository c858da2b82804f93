import type { AnswerOf } from '@gatehouse/sdk/admin';
import { useWords } from '../../language/own-words.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { requestWords } from './words.ts';

type Step = AnswerOf<'get', '/api/v1/decisions/{decisionId}'>['steps'][number];

const TONES: Readonly<Record<Step['outcome'], Tone>> = {
  passed: 'good',
  answered: 'good',
  refused: 'bad',
  failed: 'bad',
  not_reached: 'quiet',
  unknown: 'warn',
};

/** What each step of the pipeline made of the request, folded away until somebody wants to know. */
export function StepList({ steps }: { steps: readonly Step[] }) {
  const words = useWords(requestWords);
  return (
    <details>
      <summary>{words.steps}</summary>
      <PlainTable
        label={words.steps}
        titles={[words.step, words.outcome, words.found]}
        rows={steps.map(({ step, outcome, note = '' }) => ({
          key: step,
          cells: [
            step,
            <Badge key={step} tone={TONES[outcome]}>
              {words.outcomes[outcome]}
            </Badge>,
            note,
          ],
        }))}
      />
    </details>
  );
}
