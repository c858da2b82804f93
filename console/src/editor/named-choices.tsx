import { MultiSelect, type MultiSelectProps } from '@mantine/core';
import { type OwnWords, useWords } from '../language/own-words.ts';
import classes from './named-choices.module.css';

interface NamedChoicesProps extends MultiSelectProps {
  choices: readonly string[];
  /** Left out: they stand for themselves. */
  called: OwnWords<Readonly<Record<string, string>>> | undefined;
}

/** Some of what the schema names, in words, with the code that stands in the spec beside each. */
export function NamedChoices({ choices, called = NOTHING, ...props }: NamedChoicesProps) {
  const names = useWords(called);
  const data = choices.map((value) => ({ value, label: names[value] ?? value }));
  return (
    <MultiSelect
      {...props}
      data={data}
      renderOption={({ option: { value, label } }) => (
        <span>
          {label} {label !== value && <code className={classes.code}>{value}</code>}
        </span>
      )}
    />
  );
}

const NOTHING = { en: {}, de: {} };
