import type { AnswerOf, AuditEvent } from '@gatehouse/sdk/admin';
import { Alert, Button, Drawer, Select } from '@mantine/core';
import { IconListDetails, IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { EventChoice } from '../../events/event-choice.tsx';
import { EventName, eventWords } from '../../events/event-name.tsx';
import { describeThing } from '../../events/event-words.ts';
import { count, dateTime } from '../../language/format.ts';
import { useWords } from '../../language/own-words.ts';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { Facts } from '../../parts/facts.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { PrincipalName } from '../../parts/principal-name.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { Time } from '../../parts/time.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useFilters } from '../../parts/use-filters.ts';
import type { Column } from '../../table/column.ts';
import { DataTable } from '../../table/data-table.tsx';
import { ExportMenu } from '../../table/export-menu.tsx';
import { TableBar } from '../../table/table-bar.tsx';
import classes from './audit-screen.module.css';

/** From how long ago on. */
const SINCE = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 } as const;

export function AuditScreen() {
  const { t } = useTranslation();
  const me = useMe();
  const filters = useFilters();
  const [shown, setShown] = useState<AuditEvent>();
  const since = SINCE[filters.get('since') as keyof typeof SINCE];
  const input = {
    filters: {
      type: filters.get('type'),
      actorId: filters.get('actor'),
      targetId: filters.get('target'),
      // To the minute: the same list while it is read.
      from: since === undefined ? undefined : Math.floor((Date.now() - since) / 60_000) * 60_000,
    },
  };
  const list = useList('/api/v1/audit/events', input);
  const columns = useColumns(setShown);
  return (
    <>
      <PageHead
        title={t('shell.pages.audit')}
        lead={t('operate.audit.lead')}
        actions={me.mayInTenant('audit:read') && <VerifyButton />}
      />
      <Card flush>
        <TableBar actions={<ExportMenu path="/api/v1/audit/events" input={input} columns={columns} fileName="audit" />}>
          <EventChoice
            label={t('operate.audit.type')}
            value={filters.get('type')}
            onChange={(type) => filters.set({ type })}
          />
          <SearchBox
            label={t('operate.audit.actor')}
            value={filters.get('actor')}
            onChange={(actor) => filters.set({ actor })}
          />
          <SearchBox
            label={t('operate.audit.target')}
            value={filters.get('target')}
            onChange={(target) => filters.set({ target })}
          />
          <Select
            aria-label={t('operate.audit.since')}
            placeholder={t('operate.audit.since')}
            w={160}
            clearable
            data={(['hour', 'day', 'week', 'month'] as const).map((value) => ({
              value,
              label: t(`operate.audit.times.${value}`),
            }))}
            value={filters.get('since') || null}
            onChange={(value) => filters.set({ since: value ?? '' })}
          />
        </TableBar>
        <DataTable
          label={t('shell.pages.audit')}
          list={list}
          columns={columns}
          idOf={({ id }) => id}
          filters={filters}
          empty={<Blank icon={IconListDetails} title={t('operate.audit.empty')} />}
        />
      </Card>
      <Drawer
        opened={shown !== undefined}
        onClose={() => setShown(undefined)}
        position="right"
        size="lg"
        title={shown !== undefined && <EventName type={shown.type} />}
      >
        {shown !== undefined && <EventDetail event={shown} />}
      </Drawer>
    </>
  );
}

/** Is the chain whole? What was verified is said, and what was not. */
function VerifyButton() {
  const { t } = useTranslation();
  const [report, setReport] = useState<AnswerOf<'post', '/api/v1/audit/verify'>>();
  const verify = useAction({
    run: async () => (await api.post('/api/v1/audit/verify')).data,
    onDone: setReport,
  });
  return (
    <>
      {report !== undefined && (
        <Alert
          py={6}
          color={report.ok ? 'pine' : 'red'}
          title={t(report.ok ? 'operate.audit.whole' : 'operate.audit.broken')}
          role="status"
        >
          {t('operate.audit.report', { events: count(report.events), checkpoints: count(report.checkpoints) })}
          {report.problems.map(({ sequence, message }) => (
            <div key={sequence}>
              {sequence}: {message}
            </div>
          ))}
        </Alert>
      )}
      <Button
        variant="default"
        leftSection={<IconShieldCheck size={16} />}
        loading={verify.isPending}
        onClick={() => verify.mutate()}
      >
        {t('operate.audit.verify')}
      </Button>
    </>
  );
}

function useColumns(show: (event: AuditEvent) => void): Column<AuditEvent>[] {
  const { t } = useTranslation();
  const words = useWords(eventWords);
  return [
    {
      name: 'type',
      title: t('operate.audit.event'),
      grow: 3.4,
      value: ({ type }) => type,
      cell: (event) => (
        <button type="button" className={classes.open} onClick={() => show(event)} data-row-link>
          <EventName type={event.type} />
        </button>
      ),
    },
    {
      name: 'actor',
      title: t('operate.audit.actor'),
      grow: 3,
      wide: true,
      value: ({ actor }) => actor.id,
      cell: ({ actor }) => <PrincipalName id={actor.id} plain />,
    },
    {
      name: 'target',
      title: t('operate.audit.target'),
      grow: 3,
      wide: true,
      value: ({ target }) => target.name ?? target.id,
      cell: ({ target }) => (
        <span title={`${target.type} ${target.id}`}>
          {describeThing(words, target.type)}{' '}
          {target.name === undefined ? <PrincipalName id={target.id} plain /> : <code>{target.name}</code>}
        </span>
      ),
    },
    {
      name: 'at',
      title: t('operate.audit.at'),
      grow: 2.4,
      value: ({ at }) => at,
      cell: ({ at }) => <Time at={at} />,
    },
  ];
}

function EventDetail({ event }: { event: AuditEvent }) {
  const { t } = useTranslation();
  const { actor, target, detail = {} } = event;
  return (
    <>
      <Facts
        facts={[
          [t('operate.audit.at'), dateTime(event.at)],
          [t('operate.audit.sequence'), count(event.sequence)],
          [t('common.id'), <code key="i">{event.id}</code>],
          ...Object.entries(actor).map(
            ([name, value]) => [`${t('operate.audit.actor')} · ${name}`, plain(value)] as const,
          ),
          ...Object.entries(target).map(
            ([name, value]) => [`${t('operate.audit.target')} · ${name}`, plain(value)] as const,
          ),
        ]}
      />
      {Object.keys(detail).length > 0 && <pre className={classes.detail}>{JSON.stringify(detail, null, 2)}</pre>}
    </>
  );
}

const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
