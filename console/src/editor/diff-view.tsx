import { ScrollArea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './diff-view.module.css';

/** A unified diff as people read it. Lines that are too long are pushed aside, and by the keyboard too. */
export function DiffView({ diff }: { diff: string }) {
  const { t } = useTranslation();
  const lines = diff.split('\n').filter((line) => !/^(---|\+\+\+|Index|=====)/.test(line));
  return (
    <ScrollArea.Autosize
      mah="26rem"
      className={classes.frame ?? ''}
      viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('editor.reviewTitle') }}
    >
      <pre className={classes.diff}>
        {lines.map((line, index) => (
          // Lines repeat, and nothing here moves: their place is their name.
          <span
            key={`${String(index)} ${line}`}
            data-kind={line[0] === '+' ? 'in' : line[0] === '-' ? 'out' : undefined}
          >
            {line}
            {'\n'}
          </span>
        ))}
      </pre>
    </ScrollArea.Autosize>
  );
}
