import { UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import classes from './data-table.module.css';
import type { Sorting } from './sorted.ts';

interface SortButtonProps {
  title: string;
  name: string;
  sorting: Sorting | undefined;
  onSort: (sorting: Sorting | undefined) => void;
}

/** Up, down, and as it came. */
export function SortButton({ title, name, sorting, onSort }: SortButtonProps) {
  const down = sorting?.name === name ? sorting.down : undefined;
  const next = down === undefined ? { name, down: false } : down ? undefined : { name, down: true };
  const Arrow = down === true ? IconArrowDown : IconArrowUp;
  return (
    <UnstyledButton className={classes.sort ?? ''} data-on={down !== undefined} onClick={() => onSort(next)}>
      {title}
      <Arrow size={13} stroke={2} aria-hidden />
    </UnstyledButton>
  );
}
