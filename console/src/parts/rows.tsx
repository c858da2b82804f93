import { Loader, Text } from '@mantine/core';
import { Children, type ReactNode } from 'react';
import classes from './rows.module.css';

/** A few things, one under another. Undefined: it is not known yet whether there are any, and nothing is said of it. */
export function Rows({ children, empty }: { children: ReactNode; empty: string }) {
  if (children === undefined) return <Loader size="sm" />;
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
