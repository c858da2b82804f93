import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useWords } from '../../language/own-words.ts';
import { heldOpen, Secret } from '../../parts/secret.tsx';
import { useAction } from '../../parts/use-action.ts';
import { webhookWords } from './words.ts';

interface RotateSecretProps {
  webhook: string;
  opened: boolean;
  onClose: () => void;
}

/** The next secret, shown this once; the one before signs along for a day, unless it leaked. */
export function RotateSecret({ webhook, opened, onClose }: RotateSecretProps) {
  const words = useWords(webhookWords);
  const [isShown, setShown] = useState(false);
  return (
    <Modal opened={opened} onClose={onClose} title={words.rotate} {...heldOpen(isShown)} closeOnClickOutside={false}>
      <Question webhook={webhook} onShown={setShown} onClose={onClose} />
    </Modal>
  );
}

interface QuestionProps extends Omit<RotateSecretProps, 'opened'> {
  onShown: (isShown: boolean) => void;
}

function Question({ webhook, onShown, onClose }: QuestionProps) {
  const { t } = useTranslation();
  const words = useWords(webhookWords);
  const [endsNow, setEndsNow] = useState(false);
  const [secret, setSecret] = useState<string>();
  const rotate = useAction({
    run: async () => {
      const body = endsNow ? { overlapSeconds: 0 } : {};
      return (await api.post('/api/v1/webhooks/{name}/secrets', { params: { name: webhook }, body })).data;
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
        <Secret text={secret} note={words.once} label={words.secretTitle} />
        <Group justify="flex-end" mt="lg">
          <Button onClick={close}>{words.kept}</Button>
        </Group>
      </>
    );
  }
  return (
    <Stack>
      <Text size="sm">{words.rotateText}</Text>
      <Checkbox
        label={words.rotateNow}
        checked={endsNow}
        onChange={({ currentTarget }) => setEndsNow(currentTarget.checked)}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button onClick={() => rotate.mutate()} loading={rotate.isPending}>
          {words.rotate}
        </Button>
      </Group>
    </Stack>
  );
}
