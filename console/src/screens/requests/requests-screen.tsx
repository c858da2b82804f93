import { Button, Code, Text } from '@mantine/core';
import { IconActivity, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Query } from '../../api/admin.ts';
import type { AccessRecord } from '../../decisions/answers.ts';
import { Verdict } from '../../decisions/verdict.tsx';
import { clockTime, count, duration } from '../../language/format.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { PrincipalName } from '../../parts/principal-name.tsx';
import { type Filters, useFilters } from '../../parts/use-filters.ts';
import type { Column } from '../../table/column.ts';
import { DataTable } from '../../table/data-table.tsx';
import { FiltersBar } from './filters-bar.tsx';
import classes from './requests.module.css';
import { TraceDrawer } from './trace-drawer.tsx';
import { useTail } from './use-tail.ts';
import { requestWords } from './words.ts';

const FIELDS = ['allowed', 'status', 'method', 'pathPrefix', 'route', 'principalId', 'credentialId'] as const;
const SINCE_MILLISECONDS: Readonly<Record<string, number>> = {
  '15m': 15 * 60_000,
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 7 * 86_400_000,
};

export function RequestsScreen() {
  const words = useWords(requestWords);
  const filters = useFilters();
  const [paused, pause] = useState(false);
  const wanted = useWanted(filters);
  const { list, waiting } = useTail(wanted, paused);
  const Picture = paused ? IconPlayerPlay : IconPlayerPause;
  return (
    <>
      <PageHead
        title={words.title}
        lead={words.lead}
        aside={
          <Badge tone={paused ? 'warn' : 'good'}>
            {paused ? words.paused : words.live}
            {paused && waiting > 0 ? ` · ${words.waiting(count(waiting))}` : ''}
          </Badge>
        }
        actions={
          <Button variant="default" leftSection={<Picture size={16} aria-hidden />} onClick={() => pause(!paused)}>
            {paused ? words.resume : words.pause}
          </Button>
        }
      />
      <Card flush>
        <FiltersBar filters={filters} />
        <DataTable
          label={words.table}
          list={list}
          columns={useColumns(filters)}
          idOf={({ decisionId }) => decisionId}
          {...(Object.keys(wanted).length === 0 ? {} : { filters })}
          empty={
            <Blank title={words.emptyTitle} icon={IconActivity}>
              {words.emptyText}
              <Code block mt="sm" ta="left">
                {'curl -H "Authorization: Bearer gh_live_…" https://gateway.example.com/weather/bern'}
              </Code>
            </Blank>
          }
        />
      </Card>
      <TraceDrawer decisionId={filters.get('decision')} filters={filters} />
    </>
  );
}

/** The filters as the API takes them. A time that is counted from now is fixed while the others stay. */
function useWanted(filters: Filters): Query {
  const since = filters.get('since');
  const from = useMemo(() => {
    const milliseconds = SINCE_MILLISECONDS[since];
    return milliseconds === undefined ? undefined : Date.now() - milliseconds;
  }, [since]);
  const given = FIELDS.map((name) => [name, filters.get(name)] as const).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(given), ...(from === undefined ? {} : { from }) };
}

function useColumns(filters: Filters): Column<AccessRecord>[] {
  const words = useWords(requestWords);
  const opened = filters.get('decision');
  return [
    {
      name: 'call',
      title: words.call,
      grow: 4,
      cell: ({ decisionId, method, path }) => (
        <Link
          to="."
          search={(before: object) => ({ ...before, decision: decisionId }) as never}
          resetScroll={false}
          className={classes.open ?? ''}
          data-row-link
          aria-current={opened === decisionId}
        >
          <span className={classes.method}>{method}</span> <span className={classes.path}>{path}</span>
        </Link>
      ),
    },
    {
      name: 'decision',
      title: words.decision,
      grow: 2.8,
      cell: ({ allowed, status }) => <Verdict allowed={allowed} refused={status !== 403} />,
    },
    { name: 'status', title: words.status, grow: 1, wide: true, cell: ({ status }) => <Status status={status} /> },
    {
      name: 'who',
      title: words.who,
      grow: 3,
      wide: true,
      cell: ({ principalId, principalType }) => (
        <>
          <Text size="xs" c="dimmed" component="span">
            {words.kinds[principalId === NOT_KNOWN ? NOT_KNOWN : principalType] ?? principalType}
          </Text>{' '}
          {principalType !== 'anonymous' && <PrincipalName id={principalId} plain />}
        </>
      ),
    },
    { name: 'route', title: words.route, grow: 2, wide: true, cell: ({ route }) => route ?? '—' },
    {
      name: 'took',
      title: words.took,
      grow: 1.2,
      wide: true,
      align: 'right',
      cell: ({ durationMicros }) => duration(durationMicros),
    },
    { name: 'time', title: words.time, grow: 1.3, wide: true, align: 'right', cell: ({ at }) => clockTime(at) },
  ];
}

/** As the gateway records who could not prove who they are. */
const NOT_KNOWN = 'unknown';

function Status({ status }: { status: number }) {
  return (
    <span className={classes.status} data-class={Math.floor(status / 100)}>
      {status}
    </span>
  );
}
