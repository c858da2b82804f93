import type { User } from '@gatehouse/sdk/admin';
import { Button, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { heldOpen, Secret } from '../../parts/secret.tsx';
import { useAction } from '../../parts/use-action.ts';

/** For somebody who lost every factor. Asks for a fresh sign-in; nothing is done by itself after it. */
export function RecoverUser({ user, opened, onClose }: { user: User; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [delivery, setDelivery] = useState<'mail' | 'shown'>('mail');
  const [link, setLink] = useState<string>();
  const recover = useAction({
    run: async () =>
      (await api.post('/api/v1/users/{id}/recovery-link', { params: { id: user.id }, body: { delivery } })).data,
    done: () => t('people.recover.done'),
    onDone: (answer) => {
      if (answer.link === null) onClose();
      else setLink(answer.link);
    },
  });
  const close = () => {
    setLink(undefined);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('people.recover.title', { name: user.name })}
      {...heldOpen(link !== undefined)}
    >
      {link !== undefined ? (
        <>
          <Secret text={link} note={t('people.recover.once')} label={t('people.recover.open')} />
          <Group justify="flex-end" mt="lg">
            <Button onClick={close}>{t('keys.issue.kept')}</Button>
          </Group>
        </>
      ) : (
        <Stack>
          <Text size="sm">{t('people.recover.text')}</Text>
          <SegmentedControl
            aria-label={t('people.recover.open')}
            data={[
              { value: 'mail', label: t('people.recover.mail') },
              { value: 'shown', label: t('people.recover.shown') },
            ]}
            value={delivery}
            onChange={(value) => setDelivery(value as 'mail' | 'shown')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Button onClick={() => recover.mutate()} loading={recover.isPending}>
              {t('people.recover.open')}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
