import type { Group as GroupOfPeople } from '@gatehouse/sdk/admin';
import { Button, Group, Modal, MultiSelect, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { errorsOf } from '../../forms/errors-of.ts';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { useAction } from '../../parts/use-action.ts';
import type { Column } from '../../table/column.ts';
import { DataTable } from '../../table/data-table.tsx';
import { useUsualColumns } from '../../table/usual-columns.tsx';
import { useRoleNames } from './use-role-names.ts';

export function GroupsScreen() {
  const { t } = useTranslation();
  const { may } = useMe();
  const [adding, { open, close }] = useDisclosure();
  const list = useList('/api/v1/groups');
  const usual = useUsualColumns<GroupOfPeople>();
  const columns: Column<GroupOfPeople>[] = [
    usual.text('name', { grow: 2.5 }),
    usual.text('description', { wide: true }),
    usual.roles(({ roles }) => roles, { wide: false }),
    usual.time('updatedAt'),
  ];
  const add = may('groups:write') && (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('people.group.add')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('shell.pages.groups')} lead={t('people.group.lead')} actions={add} />
      <Card flush>
        <DataTable
          label={t('shell.pages.groups')}
          list={list}
          columns={columns}
          idOf={({ id }) => id}
          to={({ id }) => `/groups/${id}`}
          empty={
            <Blank icon={IconUsersGroup} title={t('people.group.emptyTitle')} actions={add}>
              {t('people.group.emptyText')}
            </Blank>
          }
        />
      </Card>
      <Modal opened={adding} onClose={close} title={t('people.group.add')}>
        <AddGroup onClose={close} />
      </Modal>
    </>
  );
}

function AddGroup({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const roles = useRoleNames();
  const form = useForm({ initialValues: { name: '', description: '', roles: [] as string[] } });
  const add = useAction({
    run: async (body: typeof form.values) => (await api.post('/api/v1/groups', { body })).data,
    onDone: ({ id }) => void navigate({ to: `/groups/${id}` }),
    onRefused: (error) => form.setErrors(errorsOf(error.fields, error.message)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => add.mutate(values))}>
      <Stack>
        <TextInput label={t('common.name')} required data-autofocus {...form.getInputProps('name')} />
        <TextInput label={t('common.description')} {...form.getInputProps('description')} />
        <MultiSelect label={t('keys.roles')} data={roles} searchable {...form.getInputProps('roles')} />
        {form.errors.form !== undefined && (
          <Text c="var(--bad)" size="sm" role="alert">
            {form.errors.form}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {t('people.group.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
