import type { ItemOf } from '@gatehouse/sdk/admin';
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Time } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import type { Column } from '../../table/column.ts';
import { DataTable } from '../../table/data-table.tsx';
import { NewWebhook } from './new-webhook.tsx';
import { webhookWords } from './words.ts';

type Webhook = ItemOf<'/api/v1/webhooks'>;

export function WebhooksScreen() {
  const { t } = useTranslation();
  const words = useWords(webhookWords);
  const { may } = useMe();
  const navigate = useNavigate();
  const [isAdding, { open, close }] = useDisclosure();
  const list = useList('/api/v1/webhooks');
  const columns = useColumns();
  const button = may('webhooks:write') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      {words.add}
    </Button>
  );
  return (
    <>
      <PageHead title={t('shell.pages.webhooks')} lead={words.lead} actions={button} />
      <Card flush>
        <DataTable
          label={t('shell.pages.webhooks')}
          list={list}
          columns={columns}
          idOf={({ id }) => id}
          to={({ name }) => `/webhooks/${name}`}
          empty={
            <Blank icon={IconWebhook} title={words.emptyTitle} actions={button}>
              {words.emptyText}
            </Blank>
          }
        />
      </Card>
      <NewWebhook
        opened={isAdding}
        onClose={(name) => {
          close();
          if (name !== undefined) void navigate({ to: `/webhooks/${name}`, ignoreBlocker: true });
        }}
      />
    </>
  );
}

function useColumns(): Column<Webhook>[] {
  const { t } = useTranslation();
  const words = useWords(webhookWords);
  return [
    { name: 'name', title: t('common.name'), grow: 2.6, value: ({ name }) => name, cell: ({ name }) => name },
    {
      name: 'url',
      title: words.url,
      grow: 3.4,
      wide: true,
      value: ({ spec }) => spec.url,
      cell: ({ spec }) => <code title={spec.url}>{spec.url}</code>,
    },
    {
      name: 'events',
      title: words.events,
      grow: 3,
      value: ({ spec }) => spec.events.join(' '),
      cell: ({ spec }) => <Words words={spec.events} shown={2} />,
    },
    {
      name: 'created',
      title: t('common.created'),
      grow: 1.6,
      wide: true,
      value: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
  ];
}
