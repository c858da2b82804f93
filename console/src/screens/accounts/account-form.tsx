import { Button, Group, Modal, MultiSelect, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { AdminError } from '../../api/admin.ts';
import { errorsOf } from '../../forms/errors-of.ts';
import { useWords } from '../../language/own-words.ts';
import { useRoleNames } from '../people/use-role-names.ts';
import { words } from './words.ts';

export interface AccountValues {
  name: string;
  description: string;
  roles: string[];
}

interface AccountFormProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  initial: AccountValues;
  action: string;
  busy: boolean;
  onSubmit: (values: AccountValues, refused: (error: AdminError) => void) => void;
}

/** A new one, or one that is changed. */
export function AccountForm(props: AccountFormProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title}>
      {/* Within, so that it begins anew each time. */}
      <Fields {...props} />
    </Modal>
  );
}

function Fields({ initial, action, busy, onClose, onSubmit }: AccountFormProps) {
  const { t } = useTranslation();
  const say = useWords(words);
  const roles = useRoleNames();
  const form = useForm({ initialValues: initial });
  const refused = (error: AdminError) => form.setErrors(errorsOf(error.fields, error.message));
  return (
    <form onSubmit={form.onSubmit((values) => onSubmit(values, refused))}>
      <Stack>
        <TextInput
          label={t('common.name')}
          description={say.nameHint}
          required
          data-autofocus
          {...form.getInputProps('name')}
        />
        <TextInput label={t('common.description')} {...form.getInputProps('description')} />
        <MultiSelect
          label={t('keys.roles')}
          data={[...new Set([...roles, ...initial.roles])]}
          searchable
          {...form.getInputProps('roles')}
        />
        {form.errors.form !== undefined && (
          <Text c="var(--bad)" size="sm" role="alert">
            {form.errors.form}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
