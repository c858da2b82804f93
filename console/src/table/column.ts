import type { ReactNode } from 'react';

export interface Column<Item> {
  name: string;
  title: string;
  cell: (item: Item) => ReactNode;
  /** As it is sorted and exported; left out where there is nothing to compare. */
  value?: (item: Item) => string | number | null | undefined;
  /** Of the width that is left, by comparison with the others. */
  grow?: number;
  /** Left out where the screen is narrow. */
  wide?: boolean;
  align?: 'right';
  /** A button, with a title for readers alone. */
  menu?: true;
}
