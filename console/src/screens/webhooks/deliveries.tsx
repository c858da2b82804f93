import type { ItemOf } from '@gatehouse/sdk/admin';
import { Drawer, Select } from '@mantine/core';
import { useState } from 'react';
import { useList } from '../../api/pages.ts';
import { EventName } from '../../events/event-name.tsx';
import { useWords } from '../../language/own-words.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { Time } from '../../parts/time.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import type { Column } from '../../table/column.ts';
import { DataTable } from '../../table/data-table.tsx';
import { TableBar } from '../../table/table-bar.tsx';
import { DeliveryDetail } from './delivery-detail.tsx';
import classes from './webhooks.module.css';
import { webhookWords } from './words.ts';

type Delivery = ItemOf<'/api/v1/webhooks/{name}/deliveries'>;

const TONES: Readonly<Record<Delivery['status'], Tone>> = { queued: 'warn', delivered: 'good', given_up: 'bad' };
const LIVE_MILLISECONDS = 5_000;

/** What was sent, the newest first, and how it went. */
export function Deliveries({ webhook }: { webhook: string }) {
  const words = useWords(webhookWords);
  const filters = useFilters();
  const [shown, show] = useState<string>();
  const list = useList('/api/v1/webhooks/{name}/deliveries', {
    params: { name: webhook },
    filters: { status: filters.get('status') },
    refetchInterval: LIVE_MILLISECONDS,
  });
  const columns = useColumns(show);
  return (
    <Card flush title={words.deliveries} lead={words.deliveriesLead}>
      <TableBar>
        <Select
          aria-label={words.status}
          placeholder={words.anyStatus}
          w={180}
          clearable
          data={(['queued', 'delivered', 'given_up'] as const).map((value) => ({
            value,
            label: words.statuses[value],
          }))}
          value={filters.get('status') || null}
          onChange={(status) => filters.set({ status: status ?? '' })}
        />
      </TableBar>
      <DataTable
        label={words.deliveries}
        list={list}
        columns={columns}
        idOf={({ id }) => id}
        filters={filters}
        empty={<Blank title={words.noDeliveries} />}
      />
      <Drawer
        opened={shown !== undefined}
        onClose={() => show(undefined)}
        position="right"
        size="lg"
        title={words.delivery}
      >
        {shown !== undefined && <DeliveryDetail webhook={webhook} id={shown} />}
      </Drawer>
    </Card>
  );
}

function useColumns(show: (id: string) => void): Column<Delivery>[] {
  const words = useWords(webhookWords);
  return [
    {
      name: 'type',
      title: words.event,
      grow: 2.6,
      value: ({ type }) => type,
      cell: ({ id, type }) => (
        <button type="button" className={classes.open} onClick={() => show(id)} data-row-link>
          <EventName type={type} />
        </button>
      ),
    },
    {
      name: 'status',
      title: words.status,
      grow: 1.6,
      value: ({ status }) => status,
      cell: ({ status }) => <Badge tone={TONES[status]}>{words.statuses[status]}</Badge>,
    },
    {
      name: 'attempts',
      title: words.attempts,
      grow: 1.1,
      wide: true,
      align: 'right',
      value: ({ attempts }) => attempts,
      cell: ({ attempts }) => attempts,
    },
    {
      name: 'answer',
      title: words.answer,
      grow: 3,
      wide: true,
      value: ({ failure, responseStatus }) => failure ?? responseStatus,
      cell: ({ failure, responseStatus }) => failure ?? responseStatus,
    },
    {
      name: 'at',
      title: words.time,
      grow: 1.7,
      wide: true,
      value: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
  ];
}
