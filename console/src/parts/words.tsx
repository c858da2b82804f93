import { Group } from '@mantine/core';
import classes from './words.module.css';

interface WordsProps {
  words: readonly string[];
  shown?: number;
  /** What people call them; the word itself is then in its title. */
  called?: Readonly<Record<string, string>>;
}

/** Roles, scopes, tags: short names side by side. Shows so many, and says how many more there are. */
export function Words({ words, shown = 50, called = {} }: WordsProps) {
  if (words.length === 0) return <span className={classes.none}>—</span>;
  const rest = words.slice(shown);
  return (
    <Group gap={5} wrap="wrap" component="span">
      {words.slice(0, shown).map((word) => (
        <Word key={word} word={word} called={called[word]} />
      ))}
      {rest.length > 0 && (
        <span className={classes.none} title={rest.join(', ')}>
          +{rest.length}
        </span>
      )}
    </Group>
  );
}

function Word({ word, called }: { word: string; called: string | undefined }) {
  if (called === undefined) return <code className={classes.word}>{word}</code>;
  return (
    <span className={classes.word} title={word}>
      {called}
    </span>
  );
}
