import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWords } from '../../language/own-words.ts';
import type { TemplateName } from './templates.ts';
import { policyWords } from './words.ts';

/** As the server takes names (server/src/resources/kind.ts). */
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export function NewPolicy({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const words = useWords(policyWords);
  return (
    <Modal opened={opened} onClose={onClose} title={words.newPolicy}>
      <NewPolicyForm onClose={onClose} />
    </Modal>
  );
}

function NewPolicyForm({ onClose }: { onClose: () => void }) {
  const words = useWords(policyWords);
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [template, setTemplate] = useState<TemplateName>('role');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (NAME.test(name)) void navigate({ to: `/policies/${name}`, search: { template } as never });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={words.nameLabel}
          description={words.nameHint}
          value={name}
          spellCheck={false}
          autoComplete="off"
          error={name !== '' && !NAME.test(name) ? words.nameHint : null}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          data-autofocus
        />
        <Radio.Group label={words.beginWith} value={template} onChange={(value) => setTemplate(value as TemplateName)}>
          <Stack gap={8} mt={8}>
            {Object.entries(words.templates).map(([value, label]) => (
              <Radio key={value} value={value} label={label} />
            ))}
          </Stack>
        </Radio.Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" disabled={!NAME.test(name)}>
            {words.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
