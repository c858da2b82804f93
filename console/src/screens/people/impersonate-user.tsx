import type { User } from '@gatehouse/sdk/admin';
import { Button, Group, Modal, NumberInput, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { errorsOf } from '../../forms/errors-of.ts';
import { useWords } from '../../language/own-words.ts';
import { useAction } from '../../parts/use-action.ts';
import { words } from './words.ts';

const MINUTES = 15;

/** Asks for it here; it begins on a page of the program, in this browser, and takes a fresh proof. */
export function ImpersonateUser({ user, opened, onClose }: { user: User; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { impersonate: say } = useWords(words);
  const form = useForm({ initialValues: { reason: '', minutes: MINUTES } });
  const ask = useAction({
    run: async (body: typeof form.values) =>
      (await api.post('/api/v1/users/{id}/impersonations', { params: { id: user.id }, body })).data,
    onDone: ({ url }) => location.assign(url),
    onRefused: (error) => form.setErrors(errorsOf(error.fields, error.message)),
  });
  return (
    <Modal opened={opened} onClose={onClose} title={say.title(user.name)}>
      <form onSubmit={form.onSubmit((values) => ask.mutate(values))}>
        <Stack>
          <Text size="sm">{say.text}</Text>
          <Textarea
            label={t('common.reason')}
            description={say.reasonHint}
            autosize
            minRows={2}
            required
            maxLength={500}
            data-autofocus
            {...form.getInputProps('reason')}
          />
          <NumberInput label={say.minutes} min={1} max={120} maw={180} {...form.getInputProps('minutes')} />
          {form.errors.form !== undefined && (
            <Text c="var(--bad)" size="sm" role="alert">
              {form.errors.form}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={ask.isPending || ask.isSuccess}>
              {say.go}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
