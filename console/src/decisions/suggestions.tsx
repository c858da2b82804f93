import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconArrowUpRight, IconBulb } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useWords } from '../language/own-words.ts';
import type { Change, Suggestion } from './answers.ts';
import { describeChange } from './describe-change.ts';
import classes from './suggestions.module.css';
import { decisionWords } from './words.ts';

interface SuggestionsProps {
  suggestions: readonly Suggestion[];
  /** Decides again with these made; left out where that would be refused. */
  onTry: ((changes: readonly Change[]) => void) | undefined;
  /** Where it can be made so in earnest. */
  fixOf?: (changes: readonly Change[]) => Fix | undefined;
}

export interface Fix {
  to: string;
  search: Readonly<Record<string, string>>;
}

/** The smallest changes that would make it an allow, each a button to see it so. */
export function Suggestions({ suggestions, onTry, fixOf }: SuggestionsProps) {
  const words = useWords(decisionWords);
  return (
    <section>
      <Group gap={8} mb={4}>
        <IconBulb size={18} stroke={1.6} aria-hidden />
        <Title order={2}>{words.wouldChange}</Title>
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {suggestions.length === 0 ? words.nothingWould : words.wouldChangeLead}
      </Text>
      <Stack gap="xs">
        {suggestions.map(({ texts, changes }) => {
          const fix = changes === undefined ? undefined : fixOf?.(changes);
          const described = changes?.map((change) => describeChange(change, words)) ?? texts;
          return (
            <div key={texts.join()} className={classes.suggestion}>
              <ul className={classes.changes}>
                {described.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
              {fix !== undefined && (
                <Button
                  component={Link}
                  to={fix.to}
                  search={fix.search as never}
                  variant="subtle"
                  size="compact-sm"
                  aria-label={`${words.makeItSo}: ${described.join()}`}
                >
                  {words.makeItSo}
                </Button>
              )}
              {changes !== undefined && onTry !== undefined && (
                <Button
                  variant="light"
                  size="compact-sm"
                  rightSection={<IconArrowUpRight size={15} aria-hidden />}
                  aria-label={`${words.tryIt}: ${described.join(` ${words.and} `)}`}
                  onClick={() => onTry(changes)}
                >
                  {words.tryIt}
                </Button>
              )}
            </div>
          );
        })}
      </Stack>
    </section>
  );
}
