import { ScrollArea } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './plain-table.module.css';

interface PlainTableProps {
  /** Names the table to who can't see it. */
  label: string;
  titles: readonly string[];
  /** The first cell of each names its row. */
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
}

/** A few rows that are all there. Wider than the screen it is pushed aside, and by the keyboard too. */
export function PlainTable({ label, titles, rows }: PlainTableProps) {
  return (
    <ScrollArea viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
      <table className={classes.table}>
        <thead>
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [name, ...cells] }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              {cells.map((cell, index) => (
                <td key={titles[index + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}
