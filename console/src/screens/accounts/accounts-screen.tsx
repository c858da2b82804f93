import type { ItemOf } from '@gatehouse/sdk/admin';
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconRobot } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type AdminError, api } from '../../api/admin.ts';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { useAction } from '../../parts/use-action.ts';
import type { Column } from '../../table/column.ts';
import { DataTable } from '../../table/data-table.tsx';
import { useUsualColumns } from '../../table/usual-columns.tsx';
import { UserStatus } from '../people/user-status.tsx';
import { AccountForm, type AccountValues } from './account-form.tsx';
import { words } from './words.ts';

export type Account = ItemOf<'/api/v1/service-accounts'>;

const EMPTY: AccountValues = { name: '', description: '', roles: [] };

/** Programs with accounts of their own. */
export function AccountsScreen() {
  const { t } = useTranslation();
  const say = useWords(words);
  const { may } = useMe();
  const navigate = useNavigate();
  const [adding, { open, close }] = useDisclosure();
  const list = useList('/api/v1/service-accounts');
  const columns = useColumns();
  const add = useAction({
    run: async ({ body }: { body: AccountValues; refused: (error: AdminError) => void }) =>
      (await api.post('/api/v1/service-accounts', { body })).data,
    done: ({ body }) => say.added(body.name),
    onDone: ({ id }) => void navigate({ to: `/service-accounts/${id}` }),
  });
  const button = may('service_accounts:write') && (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {say.add}
    </Button>
  );
  return (
    <>
      <PageHead title={t('shell.pages.serviceAccounts')} lead={say.lead} actions={button} />
      <Card flush>
        <DataTable
          label={t('shell.pages.serviceAccounts')}
          list={list}
          columns={columns}
          idOf={({ id }) => id}
          to={({ id }) => `/service-accounts/${id}`}
          empty={
            <Blank icon={IconRobot} title={say.emptyTitle} actions={button}>
              {say.emptyText}
            </Blank>
          }
        />
      </Card>
      <AccountForm
        opened={adding}
        onClose={close}
        title={say.add}
        initial={EMPTY}
        action={t('common.create')}
        busy={add.isPending}
        onSubmit={(body, refused) => add.mutate({ body, refused })}
      />
    </>
  );
}

function useColumns(): Column<Account>[] {
  const { t } = useTranslation();
  const usual = useUsualColumns<Account>();
  return [
    usual.text('name', { grow: 2.6 }),
    usual.text('description', { wide: true }),
    usual.roles(({ roles }) => roles),
    usual.time('createdAt'),
    {
      name: 'status',
      title: t('common.status'),
      grow: 1.4,
      value: ({ status }) => status,
      cell: ({ status }) => <UserStatus status={status} />,
    },
  ];
}
