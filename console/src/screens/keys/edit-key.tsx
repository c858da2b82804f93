import type { BodyOf, Key } from '@gatehouse/sdk/admin';
import { Button, Drawer, Group, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useFirstError } from '../../forms/use-first-error.ts';
import { useAction } from '../../parts/use-action.ts';
import { keyErrorsOf } from './key-errors.ts';
import { PlaceFields, restrictionsOf } from './place-fields.tsx';
import { useKeyChoices } from './use-key-choices.ts';

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
  const { restrictions, plan } = apiKey;
  const leadToFirstError = useFirstError();
  const choices = useKeyChoices();
  // The one that it has can be kept by who may not give it.
  const plans = plan === null || choices.plans.includes(plan) ? choices.plans : [plan, ...choices.plans];
  const form = useForm({
    initialValues: {
      name: apiKey.name,
      description: apiKey.description ?? '',
      contactEmail: apiKey.contactEmail ?? '',
      tags: apiKey.tags,
      plan,
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
    onRefused: (error) => {
      form.setErrors(keyErrorsOf(error, form.getValues()));
      leadToFirstError();
    },
  });
  const submit = form.onSubmit(({ name, description, contactEmail, tags, plan: wanted, addresses, apis, routes }) =>
    change.mutate({
      name,
      tags,
      // Said only where it changes: to give a plan takes more than to change a name.
      ...(wanted === plan ? {} : { plan: wanted }),
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
        {plans.length > 0 && (
          <Select
            label={t('keys.plan')}
            description={t('keys.issue.planHint')}
            data={plans}
            clearable
            {...form.getInputProps('plan')}
          />
        )}
        <PlaceFields inputProps={form.getInputProps} choices={choices} />
        {form.errors.form !== undefined && (
          <Text c="var(--bad)" size="sm" role="alert">
            {form.errors.form}
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
