import { Button, Group, Modal, MultiSelect, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useMe } from '../../api/whoami.ts';
import { errorsOf } from '../../forms/errors-of.ts';
import { useAction } from '../../parts/use-action.ts';
import { useRoleNames } from './use-role-names.ts';

/** For an account that is made by somebody else; organizations invite instead. */
export function AddUserButton() {
  const { t } = useTranslation();
  const { mayInTenant } = useMe();
  const [opened, { open, close }] = useDisclosure();
  if (!mayInTenant('users:write')) return null;
  return (
    <>
      <Button variant="default" onClick={open}>
        {t('people.add.open')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('people.add.open')}>
        <AddUser onClose={close} />
      </Modal>
    </>
  );
}

function AddUser({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const roles = useRoleNames();
  const form = useForm({ initialValues: { name: '', email: '', roles: [] as string[] } });
  const add = useAction({
    run: async (body: typeof form.values) => (await api.post('/api/v1/users', { body })).data,
    done: ({ name }) => t('people.add.done', { name }),
    onDone: ({ id }) => void navigate({ to: `/users/${id}` }),
    onRefused: (error) => form.setErrors(errorsOf(error.fields, error.message)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => add.mutate(values))}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('people.add.text')}
        </Text>
        <TextInput label={t('common.name')} required data-autofocus {...form.getInputProps('name')} />
        <TextInput label={t('people.email')} type="email" required {...form.getInputProps('email')} />
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
            {t('people.add.open')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
