import { Button, Group, Modal, MultiSelect, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconMailPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useMe } from '../../api/whoami.ts';
import { errorsOf } from '../../forms/errors-of.ts';
import { Secret } from '../../parts/secret.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useRoleNames } from './use-role-names.ts';

/** Nothing to whoever may not. */
export function InviteButton({ organization }: { organization?: string }) {
  const { t } = useTranslation();
  const { may } = useMe();
  const [opened, { open, close }] = useDisclosure();
  if (!may('invitations:write')) return null;
  return (
    <>
      <Button leftSection={<IconMailPlus size={16} />} onClick={open}>
        {t('people.invite.open')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('people.invite.title')}>
        <Invite organization={organization} onClose={close} />
      </Modal>
    </>
  );
}

const DAYS = 7;

function Invite({ organization, onClose }: { organization: string | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const roles = useRoleNames();
  const [link, setLink] = useState<string>();
  const form = useForm({ initialValues: { email: '', roles: [] as string[], expiresInDays: DAYS } });
  const invite = useAction({
    run: async (values: typeof form.values) =>
      (
        await api.post('/api/v1/invitations', {
          body: { ...values, ...(organization === undefined ? {} : { organization }) },
        })
      ).data,
    done: ({ email }) => t('people.invite.done', { email }),
    onDone: (answer) => {
      if (answer.link === null) onClose();
      else setLink(answer.link);
    },
    onRefused: (error) => form.setErrors(errorsOf(error.fields, error.message)),
  });
  if (link !== undefined) {
    return (
      <>
        <Secret text={link} note={t('people.invite.link')} label={t('people.invite.title')} />
        <Group justify="flex-end" mt="lg">
          <Button onClick={onClose}>{t('common.done')}</Button>
        </Group>
      </>
    );
  }
  return (
    <form onSubmit={form.onSubmit((values) => invite.mutate(values))}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('people.invite.text')}
        </Text>
        <TextInput label={t('people.email')} type="email" required data-autofocus {...form.getInputProps('email')} />
        <MultiSelect label={t('keys.roles')} data={roles} searchable {...form.getInputProps('roles')} />
        <NumberInput
          label={t('people.invite.days')}
          min={1}
          max={30}
          maw={160}
          {...form.getInputProps('expiresInDays')}
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
          <Button type="submit" loading={invite.isPending}>
            {t('people.invite.send')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
