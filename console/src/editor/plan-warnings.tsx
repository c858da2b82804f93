import type { AnswerOf } from '@gatehouse/sdk/admin';
import { Alert, List, Text } from '@mantine/core';
import { type OwnWords, useWords } from '../language/own-words.ts';
import { inSpec } from './in-spec.ts';

export type Planned = AnswerOf<'post', '/api/v1/apply'>;

interface PlanWarningsProps {
  planned: Pick<Planned, 'warnings' | 'warningsLeftOut' | 'warningsNeed'>;
  /** Codes that the page tells of in words of its own. */
  toldAlready?: readonly string[];
}

/** What would be allowed and is probably a mistake, before it is applied. It stops nothing. */
export function PlanWarnings({ planned, toldAlready = [] }: PlanWarningsProps) {
  const words = useWords(warningWords);
  const { warningsLeftOut, warningsNeed } = planned;
  const warnings = planned.warnings.filter(({ code }) => !toldAlready.includes(code));
  return (
    <>
      {warnings.length > 0 && (
        <Alert color="yellow" variant="light" radius="md" title={words.title}>
          <List size="sm" listStyleType="none" spacing={6}>
            {warnings.map(({ code, kind, name, path, message }) => (
              <List.Item key={`${code} ${kind} ${name} ${path} ${message}`} style={{ overflowWrap: 'anywhere' }}>
                {kind} <b>{name}</b> · <code>{inSpec(path)}</code>
                <br />
                {message}
              </List.Item>
            ))}
          </List>
          {warningsLeftOut > 0 && (
            <Text size="sm" mt={6}>
              {words.more(warningsLeftOut)}
            </Text>
          )}
        </Alert>
      )}
      {warningsNeed.length > 0 && (
        <Text size="sm" c="dimmed">
          {words.unseen(warningsNeed.join(', '))}
        </Text>
      )}
    </>
  );
}

const en = {
  title: 'Probably a mistake',
  more: (count: number) => `and ${count} more`,
  unseen: (permissions: string) => `Not everything could be looked at for mistakes: you lack ${permissions}.`,
};

const de: typeof en = {
  title: 'Vermutlich ein Versehen',
  more: (count) => `und ${count} weitere`,
  unseen: (permissions) => `Nicht alles konnte auf Versehen durchgesehen werden: Ihnen fehlt ${permissions}.`,
};

const warningWords: OwnWords<typeof en> = { en, de };
