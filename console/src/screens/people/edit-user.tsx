import type { BodyOf, User } from '@gatehouse/sdk/admin';
import { Button, Drawer, Group, MultiSelect, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useMe } from '../../api/whoami.ts';
import { errorsOf } from '../../forms/errors-of.ts';
import { useAction } from '../../parts/use-action.ts';
import { useRoleNames } from './use-role-names.ts';

interface EditUserProps {
  user: User;
  opened: boolean;
  onClose: () => void;
}

export function EditUser({ user, opened, onClose }: EditUserProps) {
  const { t } = useTranslation();
  return (
    <Drawer opened={opened} onClose={onClose} position="right" title={t('common.editNamed', { name: user.name })}>
      <Form user={user} onClose={onClose} />
    </Drawer>
  );
}

function Form({ user, onClose }: Omit<EditUserProps, 'opened'>) {
  const { t } = useTranslation();
  const me = useMe();
  const roles = useRoleNames();
  const form = useForm({ initialValues: { name: user.name, email: user.email, roles: user.roles } });
  const save = useAction({
    run: (body: BodyOf<'patch', '/api/v1/users/{id}'>) =>
      api.patch('/api/v1/users/{id}', { params: { id: user.id }, body, ifMatch: '*' }),
    done: () => t('common.saved'),
    onDone: onClose,
    onRefused: (error) => form.setErrors(errorsOf(error.fields, error.message)),
  });
  const isOutside = me.organizationId === undefined;
  const submit = form.onSubmit(({ name, email, roles: wanted }) =>
    save.mutate({
      ...(name === user.name ? {} : { name }),
      ...(email === user.email ? {} : { email }),
      ...(wanted.join() === user.roles.join() ? {} : { roles: wanted }),
    }),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput label={t('common.name')} required data-autofocus {...form.getInputProps('name')} />
        {isOutside && (
          <>
            <TextInput
              label={t('people.email')}
              description={t('people.emailHint')}
              type="email"
              required
              {...form.getInputProps('email')}
            />
            <MultiSelect
              label={t('keys.roles')}
              data={[...new Set([...roles, ...user.roles])]}
              searchable
              {...form.getInputProps('roles')}
            />
          </>
        )}
        {form.errors.form !== undefined && (
          <Text c="var(--bad)" size="sm" role="alert">
            {form.errors.form}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
