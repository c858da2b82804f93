import { Group, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './words.module.css';

interface WordsProps {
  words: readonly string[];
  shown?: number;
  /** What people call them; the word itself is then in its title. */
  called?: Readonly<Record<string, string>>;
  /** The rest can be opened here; elsewhere, as in a row that leads to all of them, it is in a title. */
  opens?: boolean;
}

/** Roles, scopes, tags: short names side by side. Shows so many, and says how many more there are. */
export function Words({ words, shown = 50, called = {}, opens = false }: WordsProps) {
  const { t } = useTranslation();
  const [isOpen, open] = useState(false);
  if (words.length === 0) return <span className={classes.none}>—</span>;
  const rest = isOpen ? [] : words.slice(shown);
  return (
    <Group gap={5} wrap="wrap" component="span">
      {(isOpen ? words : words.slice(0, shown)).map((word) => (
        <Word key={word} word={word} called={called[word]} />
      ))}
      {rest.length > 0 &&
        (opens ? (
          <UnstyledButton className={classes.more ?? ''} onClick={() => open(true)}>
            {t('common.showRest', { count: rest.length })}
          </UnstyledButton>
        ) : (
          <span className={classes.none} title={rest.join(', ')}>
            +{rest.length}
          </span>
        ))}
    </Group>
  );
}

function Word({ word, called }: { word: string; called: string | undefined }) {
  if (called === undefined) {
    return (
      <code className={classes.word} title={word}>
        {word}
      </code>
    );
  }
  return (
    <span className={classes.word} title={word}>
      {called}
    </span>
  );
}
