import type { Key } from '@gatehouse/sdk/admin';
import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { heldOpen, Secret } from '../../parts/secret.tsx';
import { useAction } from '../../parts/use-action.ts';

/** Seconds for which both keys work. */
const OVERLAPS = ['0', '3600', '86400', '604800', '2592000'] as const;

export function RotateKey({ apiKey, opened, onClose }: { apiKey: Key; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [overlap, setOverlap] = useState<string>('86400');
  const [next, setNext] = useState<{ id: string; key: string }>();
  const rotate = useAction({
    run: async () => {
      const body = { overlapSeconds: Number(overlap) };
      return (await api.post('/api/v1/keys/{id}/rotate', { params: { id: apiKey.id }, body })).data;
    },
    onDone: setNext,
  });
  const close = () => {
    onClose();
    if (next !== undefined) void navigate({ to: `/keys/${next.id}`, ignoreBlocker: true });
    setNext(undefined);
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('keys.rotate.title', { name: apiKey.name })}
      {...heldOpen(next !== undefined)}
    >
      {next === undefined ? (
        <Stack>
          <Text size="sm">{t('keys.rotate.text')}</Text>
          <Select
            label={t('keys.rotate.overlap')}
            description={t('keys.rotate.overlapHint')}
            data={OVERLAPS.map((value) => ({ value, label: t(`keys.overlaps.${value}`) }))}
            value={overlap}
            onChange={(value) => setOverlap(value ?? overlap)}
            allowDeselect={false}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Button onClick={() => rotate.mutate()} loading={rotate.isPending}>
              {t('keys.rotate.open')}
            </Button>
          </Group>
        </Stack>
      ) : (
        <>
          <Secret text={next.key} note={t('keys.issue.once')} label={t('keys.key')} />
          <Group justify="flex-end" mt="lg">
            <Button onClick={close}>{t('keys.issue.kept')}</Button>
          </Group>
        </>
      )}
    </Modal>
  );
}
