import { Alert, Text } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useWords } from '../language/own-words.ts';
import type { Decided } from './answers.ts';
import { decisionWords } from './words.ts';

/** Says that policies on trial would have decided otherwise, how, and which; nothing where they agree or there are none. */
export function TrialNote({ decision }: { decision: Decided | undefined }) {
  const words = useWords(decisionWords);
  const { shadow } = decision ?? {};
  if (shadow === undefined || shadow.allowed === decision?.allowed) return null;
  const policies = Array.isArray(shadow.policies) ? shadow.policies.map(String) : [];
  return (
    <Alert color="yellow" variant="light" icon={<IconFlask aria-hidden />} title={words.trial}>
      <Text size="sm">
        {shadow.allowed ? words.trialAllows : words.trialDenies}
        {policies.length > 0 && `: ${policies.join(', ')}`}
      </Text>
    </Alert>
  );
}
