import { Button, Group, Loader, Text } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Page } from '../api/pages.ts';
import { count } from '../language/format.ts';
import { Blank } from '../parts/blank.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import type { Filters } from '../parts/use-filters.ts';
import type { Column } from './column.ts';
import classes from './data-table.module.css';
import { SortButton } from './sort-button.tsx';
import { type Sorting, searchOf, sorted, sortingOf } from './sorted.ts';

/** An infinite query of pages, as `useList` gives it. */
interface ListState<Item> {
  data: { pages: Page<Item>[] } | undefined;
  error: Error | null;
  isPending: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
}

interface DataTableProps<Item> {
  /** Names the table to who can't see it. */
  label: string;
  list: ListState<Item>;
  columns: readonly Column<Item>[];
  idOf: (item: Item) => string;
  /** Where a row leads. */
  to?: (item: Item) => string;
  filters?: Filters;
  /** Columns by which the server sorts, so that all of the list is in order and not what was read of it. Kept in the address. */
  sortedBy?: readonly string[];
  /** What stands here while there is nothing, and no filter hides it. */
  empty: ReactNode;
}

const ROW_PIXELS = 48;
/** A share like the others, since pixels among shares would take all that is left: on a narrow screen just a button. */
const MENU_GROW = 1.5;
const ROWS_AHEAD = 12;
/** So many rows before the end, the next page is asked for. */
const READ_AHEAD_ROWS = 30;

/** Draws only what is in sight, and reads on as it is scrolled: as good with a million rows as with ten. */
export function DataTable<Item>(props: DataTableProps<Item>) {
  const { label, list, columns, idOf, to, filters, sortedBy, empty } = props;
  const { t } = useTranslation();
  const [here, sortHere] = useState<Sorting>();
  const there = sortedBy === undefined ? undefined : filters;
  const sorting = there === undefined ? here : sortingOf(there);
  const setSorting = there === undefined ? sortHere : (wanted?: Sorting) => there.set(searchOf(wanted));
  const body = useRef<HTMLTableSectionElement>(null);
  const [offset, setOffset] = useState(0);
  const loaded = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  const rows = useMemo(() => sorted(loaded, columns, here), [loaded, columns, here]);
  const isDrawn = rows.length > 0;
  useLayoutEffect(() => {
    if (isDrawn) setOffset(body.current?.offsetTop ?? 0);
  }, [isDrawn]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PIXELS,
    overscan: ROWS_AHEAD,
    scrollMargin: offset,
    getItemKey: (index) => idOf(rows[index] as Item),
  });
  const inSight = virtual.getVirtualItems();
  const last = inSight.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= rows.length - READ_AHEAD_ROWS) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, rows.length]);

  if (list.error !== null) return <ProblemNote problem={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending)
    return <Loader size="sm" className={classes.loading ?? ''} role="status" aria-label={t('common.loading')} />;
  if (rows.length === 0 && filters !== undefined && !filters.isEmpty) {
    return (
      <Blank
        title={t('common.nothingMatches')}
        actions={
          <Button variant="default" onClick={filters.clear}>
            {t('common.clearFilters')}
          </Button>
        }
      />
    );
  }
  if (rows.length === 0) return empty;
  const above = (inSight[0]?.start ?? offset) - offset;
  const below = virtual.getTotalSize() - ((inSight.at(-1)?.end ?? offset) - offset);
  return (
    <>
      <table className={classes.table} aria-label={label} aria-rowcount={hasNextPage ? -1 : rows.length + 1}>
        <colgroup>
          {columns.map(({ name, grow = 1, wide, menu }) => (
            <col
              key={name}
              className={wide ? classes.wide : ''}
              style={{ width: `${(menu ? MENU_GROW : grow) * 10}%` }}
            />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                className={column.wide ? classes.wide : ''}
                data-align={column.align}
                aria-sort={sorting?.name === column.name ? (sorting.down ? 'descending' : 'ascending') : undefined}
              >
                {/* What is not read yet can't be sorted in here. */}
                {!(sortedBy?.includes(column.name) ?? (column.value !== undefined && !hasNextPage)) ? (
                  <span className={column.menu ? 'visually-hidden' : ''}>{column.title}</span>
                ) : (
                  <SortButton title={column.title} name={column.name} sorting={sorting} onSort={setSorting} />
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={moveByArrows}>
          {above > 0 && <tr aria-hidden style={{ height: above }} />}
          {inSight.map(({ index, key }) => (
            <Row key={String(key)} item={rows[index] as Item} index={index} columns={columns} to={to} />
          ))}
          {below > 0 && <tr aria-hidden style={{ height: below }} />}
        </tbody>
      </table>
      <Group className={classes.foot ?? ''} justify="space-between">
        <Text size="xs" c="dimmed" role="status">
          {t(hasNextPage ? 'common.rowsMore' : 'common.rowsLoaded', { rows: count(rows.length) })}
        </Text>
        {isFetchingNextPage && <Loader size={14} />}
      </Group>
    </>
  );
}

interface RowProps<Item> {
  item: Item;
  index: number;
  columns: readonly Column<Item>[];
  to: ((item: Item) => string) | undefined;
}

function Row<Item>({ item, index, columns, to }: RowProps<Item>) {
  const navigate = useNavigate();
  const address = to?.(item);
  return (
    // The link in it is for keyboards and readers; the rest of the row only makes it easier to hit.
    <tr
      className={classes.row}
      data-leads={address !== undefined}
      aria-rowindex={index + 2}
      onClick={({ target }) => {
        const isControl = target instanceof Element && target.closest('a, button, input, [role="menu"]') !== null;
        if (address !== undefined && !isControl && getSelection()?.isCollapsed !== false)
          void navigate({ to: address });
      }}
    >
      {columns.map(({ name, cell, wide, align }, position) => (
        <td key={name} className={wide ? classes.wide : ''} data-align={align}>
          {position === 0 && address !== undefined ? (
            <Link to={address} className={classes.link ?? ''} data-row-link>
              {cell(item)}
            </Link>
          ) : (
            cell(item)
          )}
        </td>
      ))}
    </tr>
  );
}

/** Up and down from one row's link to the next. */
function moveByArrows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row-link]')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = links[at + step];
  if (at === -1 || next === undefined) return;
  event.preventDefault();
  next.focus();
}
