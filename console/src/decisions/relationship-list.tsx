import { Group, Stack, Text } from '@mantine/core';
import { IconArrowRight, IconCheck, IconX } from '@tabler/icons-react';
import { useWords } from '../language/own-words.ts';
import type { AskedRelationship } from './answers.ts';
import classes from './relationship-list.module.css';
import { decisionWords } from './words.ts';

/** The relationships that policies asked about; those that hold with the tuples that make it so, as a chain. */
export function RelationshipList({ relationships }: { relationships: readonly AskedRelationship[] }) {
  const words = useWords(decisionWords);
  if (relationships.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {words.noRelationshipText}
      </Text>
    );
  return (
    <Stack gap="sm">
      {relationships.map(({ object, relation, subject, holds, path = [] }) => {
        const names = [nameOf(subject), relation, nameOf(object)] as const;
        return (
          <div key={names.join(' ')} className={classes.asked} data-holds={holds}>
            <Group gap="xs" wrap="nowrap" align="flex-start">
              {holds ? (
                <IconCheck size={18} className={classes.good} aria-hidden />
              ) : (
                <IconX size={18} className={classes.bad} aria-hidden />
              )}
              <Text size="sm" className={classes.words}>
                {holds ? words.relationHolds(...names) : words.relationFails(...names)}
              </Text>
            </Group>
            {path.length > 0 && (
              <>
                <Text size="xs" c="dimmed" mt={8} mb={4}>
                  {words.because}
                </Text>
                <ol className={classes.chain}>
                  {path.map((tuple) => (
                    <li key={`${tuple.object}#${tuple.relation}@${tuple.user}`} className={classes.link}>
                      <span className={classes.node}>{tuple.user}</span>
                      <span className={classes.edge}>
                        {tuple.relation}
                        <IconArrowRight size={14} aria-hidden />
                      </span>
                      <span className={classes.node}>{tuple.object}</span>
                    </li>
                  ))}
                </ol>
              </>
            )}
          </div>
        );
      })}
    </Stack>
  );
}

function nameOf({ type, id }: { type: string; id: string }): string {
  return `${type}::"${id}"`;
}
