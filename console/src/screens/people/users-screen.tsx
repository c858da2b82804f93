import type { User } from '@gatehouse/sdk/admin';
import { Avatar, Group, Select, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/pages.ts';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import type { Column } from '../../table/column.ts';
import { DataTable } from '../../table/data-table.tsx';
import { ExportMenu } from '../../table/export-menu.tsx';
import { TableBar } from '../../table/table-bar.tsx';
import { useUsualColumns } from '../../table/usual-columns.tsx';
import { AddUserButton } from './add-user.tsx';
import { InviteButton } from './invite.tsx';
import { UserStatus } from './user-status.tsx';

export function UsersScreen() {
  const { t } = useTranslation();
  const filters = useFilters();
  const input = {
    filters: {
      search: filters.get('search'),
      status: filters.get('status'),
      organization: filters.get('organization'),
      sort: filters.get('sort'),
      order: filters.get('order'),
    },
  };
  const list = useList('/api/v1/users', input);
  const columns = useColumns();
  return (
    <>
      <PageHead
        title={t('shell.pages.users')}
        lead={t('people.lead')}
        actions={
          <>
            <AddUserButton />
            <InviteButton />
          </>
        }
      />
      <Card flush>
        <TableBar actions={<ExportMenu path="/api/v1/users" input={input} columns={columns} fileName="users" />}>
          <SearchBox
            label={t('people.search')}
            value={filters.get('search')}
            onChange={(search) => filters.set({ search })}
          />
          <Select
            aria-label={t('common.status')}
            placeholder={t('common.status')}
            w={150}
            clearable
            data={[
              { value: 'active', label: t('people.active') },
              { value: 'disabled', label: t('people.disabled') },
            ]}
            value={filters.get('status') || null}
            onChange={(status) => filters.set({ status: status ?? '' })}
          />
        </TableBar>
        <DataTable
          label={t('shell.pages.users')}
          list={list}
          columns={columns}
          idOf={({ id }) => id}
          to={({ id }) => `/users/${id}`}
          filters={filters}
          sortedBy={['name', 'email', 'created']}
          empty={
            <Blank icon={IconUsers} title={t('people.emptyTitle')} actions={<InviteButton />}>
              {t('people.emptyText')}
            </Blank>
          }
        />
      </Card>
    </>
  );
}

function useColumns(): Column<User>[] {
  const { t } = useTranslation();
  const usual = useUsualColumns<User>();
  return [
    usual.text('name', {
      cell: ({ name }) => (
        <Group gap={10} wrap="nowrap" component="span">
          <Avatar name={name} color="pine" size={26} radius="xl" aria-hidden />
          <Text span inherit truncate>
            {name}
          </Text>
        </Group>
      ),
    }),
    usual.text('email', { wide: true }),
    usual.roles(({ roles }) => roles),
    usual.time('createdAt'),
    {
      name: 'status',
      title: t('common.status'),
      grow: 2,
      value: ({ status }) => status,
      cell: ({ status }) => <UserStatus status={status} />,
    },
  ];
}
