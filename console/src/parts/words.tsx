import { Group } from '@mantine/core';
import classes from './words.module.css';

/** Roles, scopes, tags: short names side by side. Shows so many, and says how many more there are. */
export function Words({ words, shown = 50 }: { words: readonly string[]; shown?: number }) {
  if (words.length === 0) return <span className={classes.none}>—</span>;
  const rest = words.slice(shown);
  return (
    <Group gap={5} wrap="wrap" component="span">
      {words.slice(0, shown).map((word) => (
        <code key={word} className={classes.word}>
          {word}
        </code>
      ))}
      {rest.length > 0 && (
        <span className={classes.none} title={rest.join(', ')}>
          +{rest.length}
        </span>
      )}
    </Group>
  );
}
