import { Button, Group, Modal, Text, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

interface ConfirmProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  children?: ReactNode;
  /** Typed by hand, where it can't be undone. */
  typed?: string;
  /** Asked for, where the log should say why. */
  reason?: 'required' | 'optional';
  action: string;
  harmless?: boolean;
  busy?: boolean;
  onConfirm: (reason: string) => void;
}

/** Asks before something ends. */
export function Confirm(props: ConfirmProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title}>
      {/* Within, so that what was typed is gone the next time. */}
      <Question {...props} />
    </Modal>
  );
}

function Question({
  onClose,
  children,
  typed,
  reason,
  action,
  harmless = false,
  busy = false,
  onConfirm,
}: ConfirmProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [why, setWhy] = useState('');
  const isReady = (typed === undefined || text.trim() === typed) && (reason !== 'required' || why.trim() !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) onConfirm(why.trim());
  };
  return (
    <form onSubmit={submit}>
      <Text size="sm" component="div">
        {children}
      </Text>
      {reason !== undefined && (
        <Textarea
          mt="md"
          autosize
          minRows={2}
          label={t('common.reason')}
          description={reason === 'optional' ? t('common.optional') : undefined}
          required={reason === 'required'}
          withAsterisk={false}
          value={why}
          onChange={({ currentTarget }) => setWhy(currentTarget.value)}
          data-autofocus
        />
      )}
      {typed !== undefined && (
        <TextInput
          mt="md"
          label={<Trans i18nKey="common.typeToConfirm" values={{ text: typed }} components={{ b: <b /> }} />}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          {...(reason === undefined ? { 'data-autofocus': true } : {})}
        />
      )}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" {...(harmless ? {} : { color: 'red.8' })} disabled={!isReady} loading={busy}>
          {action}
        </Button>
      </Group>
    </form>
  );
}
