import type { BodyOf, Key } from '@gatehouse/sdk/admin';
import { Button, Drawer, Group, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { errorsOf } from '../../forms/errors-of.ts';
import { useAction } from '../../parts/use-action.ts';
import { PlaceFields, restrictionsOf } from './place-fields.tsx';

interface EditKeyProps {
  apiKey: Key;
  opened: boolean;
  onClose: () => void;
}

export function EditKey({ opened, onClose, apiKey }: EditKeyProps) {
  const { t } = useTranslation();
  return (
    <Drawer opened={opened} onClose={onClose} position="right" title={t('common.editNamed', { name: apiKey.name })}>
      <Form apiKey={apiKey} onClose={onClose} />
    </Drawer>
  );
}

/** What a key may do is for its whole life; what is known of it, and where it may be used, can change. */
function Form({ apiKey, onClose }: Omit<EditKeyProps, 'opened'>) {
  const { t } = useTranslation();
  const { restrictions } = apiKey;
  const form = useForm({
    initialValues: {
      name: apiKey.name,
      description: apiKey.description ?? '',
      contactEmail: apiKey.contactEmail ?? '',
      tags: apiKey.tags,
      addresses: restrictions.addresses ?? [],
      apis: restrictions.apis ?? [],
      routes: restrictions.routes ?? [],
    },
  });
  const change = useAction({
    run: (body: BodyOf<'patch', '/api/v1/keys/{id}'>) =>
      api.patch('/api/v1/keys/{id}', { params: { id: apiKey.id }, body }),
    done: () => t('common.saved'),
    onDone: onClose,
    onRefused: (error) => form.setErrors(errorsOf(error.fields, error.message)),
  });
  const submit = form.onSubmit(({ name, description, contactEmail, tags, addresses, apis, routes }) =>
    change.mutate({
      name,
      tags,
      description: description === '' ? null : description,
      contactEmail: contactEmail === '' ? null : contactEmail,
      restrictions: restrictionsOf({ addresses, apis, routes }),
    }),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput label={t('common.name')} required data-autofocus {...form.getInputProps('name')} />
        <TextInput label={t('common.description')} {...form.getInputProps('description')} />
        <TextInput label={t('keys.contact')} type="email" {...form.getInputProps('contactEmail')} />
        <TagsInput label={t('keys.tags')} {...form.getInputProps('tags')} />
        <PlaceFields inputProps={form.getInputProps} />
        {(form.errors.form ?? form.errors.restrictions) !== undefined && (
          <Text c="var(--bad)" size="sm" role="alert">
            {form.errors.form ?? form.errors.restrictions}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
