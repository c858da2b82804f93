import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './table-bar.module.css';

/** Filters on the left, what can be done with the whole list on the right. */
export function TableBar({ children, actions }: { children?: ReactNode; actions?: ReactNode }) {
  return (
    <Group className={classes.bar ?? ''} justify="space-between" gap="sm">
      <Group gap="xs" className={classes.filters ?? ''}>
        {children}
      </Group>
      {actions}
    </Group>
  );
}
