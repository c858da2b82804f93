import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Rows } from '../../parts/rows.tsx';
import { heldOpen, Secret } from '../../parts/secret.tsx';
import { Time } from '../../parts/time.tsx';
import { useAction } from '../../parts/use-action.ts';
import { EXPIRIES, type Expiry, expirySeconds } from '../keys/expiry.ts';
import type { AnyResource } from './resource-kind.ts';

/** Several may live at once, so that one is exchanged for another without a gap. */
export function ClientSecrets({ resource: { name, spec } }: { resource: AnyResource }) {
  const { t } = useTranslation();
  const { may } = useMe();
  const [adding, { open, close }] = useDisclosure();
  const [isShown, setShown] = useState(false);
  const [revoking, setRevoking] = useState<{ id: string; hint: string }>();
  const isConfidential = spec.type === 'confidential';
  const { data } = useRead('/api/v1/clients/{name}/secrets', { params: { name }, enabled: isConfidential });
  const revoke = useAction({
    run: (id: string) => api.delete('/api/v1/clients/{name}/secrets/{id}', { params: { name, id } }),
    done: () => t('resources.secrets.revoked'),
    onDone: () => setRevoking(undefined),
  });
  if (!isConfidential) return null;
  const mayWrite = may('clients:write');
  return (
    <Card
      title={t('resources.secrets.title')}
      lead={t('resources.secrets.lead')}
      actions={
        mayWrite && (
          <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={open}>
            {t('resources.secrets.add')}
          </Button>
        )
      }
    >
      <Rows empty={t('resources.secrets.none')}>
        {data?.items.map(({ id, hint, description, createdAt, expiresAt }) => (
          <Group key={id} justify="space-between">
            <div>
              <code>…{hint}</code>{' '}
              <Text span size="sm">
                {description}
              </Text>
              <Text size="xs" c="dimmed">
                {t('common.created')} <Time at={createdAt} /> · {t('common.expires')} <Time at={expiresAt} />
              </Text>
            </div>
            {mayWrite && (
              <Button size="compact-sm" variant="default" onClick={() => setRevoking({ id, hint })}>
                {t('keys.revoke.open')}
              </Button>
            )}
          </Group>
        ))}
      </Rows>
      <Modal
        opened={adding}
        onClose={close}
        title={t('resources.secrets.add')}
        {...heldOpen(isShown)}
        closeOnClickOutside={false}
      >
        <AddSecret name={name} onShown={setShown} onClose={close} />
      </Modal>
      <Confirm
        opened={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={t('resources.secrets.revokeTitle')}
        action={t('keys.revoke.open')}
        typed={revoking?.hint ?? ''}
        busy={revoke.isPending}
        onConfirm={() => revoking !== undefined && revoke.mutate(revoking.id)}
      >
        {t('resources.secrets.revokeText')}
      </Confirm>
    </Card>
  );
}

interface AddSecretProps {
  name: string;
  onShown: (isShown: boolean) => void;
  onClose: () => void;
}

function AddSecret({ name, onShown, onClose }: AddSecretProps) {
  const { t } = useTranslation();
  const [expires, setExpires] = useState<Expiry>('365');
  const [description, setDescription] = useState('');
  const [secret, setSecret] = useState<string>();
  const add = useAction({
    run: async () => {
      const expiresInSeconds = expirySeconds(expires);
      const body = {
        ...(description === '' ? {} : { description }),
        ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
      };
      return (await api.post('/api/v1/clients/{name}/secrets', { params: { name }, body })).data;
    },
    onDone: (issued) => {
      setSecret(issued.secret);
      onShown(true);
    },
  });
  const close = () => {
    onShown(false);
    onClose();
  };
  if (secret !== undefined) {
    return (
      <>
        <Secret text={secret} note={t('keys.issue.once')} label={t('resources.secrets.title')} />
        <Group justify="flex-end" mt="lg">
          <Button onClick={close}>{t('keys.issue.kept')}</Button>
        </Group>
      </>
    );
  }
  return (
    <Stack>
      <TextInput
        label={t('common.description')}
        value={description}
        onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        data-autofocus
      />
      <Select
        label={t('common.expires')}
        data={EXPIRIES.map((value) => ({ value, label: t(`keys.expiries.${value}`) }))}
        value={expires}
        allowDeselect={false}
        onChange={(value) => setExpires((value as Expiry | null) ?? expires)}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button onClick={() => add.mutate()} loading={add.isPending}>
          {t('resources.secrets.add')}
        </Button>
      </Group>
    </Stack>
  );
}
