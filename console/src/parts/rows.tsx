import { Text } from '@mantine/core';
import { Children, type ReactNode } from 'react';
import classes from './rows.module.css';

/** A few things, one under another. */
export function Rows({ children, empty }: { children: ReactNode; empty: string }) {
  const rows = Children.toArray(children);
  if (rows.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {empty}
      </Text>
    );
  }
  return (
    <ul className={classes.rows}>
      {rows.map((row, index) => (
        <li key={typeof row === 'object' && 'key' in row ? row.key : index}>{row}</li>
      ))}
    </ul>
  );
}
