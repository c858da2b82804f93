import { Alert, Button, CopyButton, Group } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './secret.module.css';

/** A text to take along. */
export function CopyText({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation();
  return (
    <Group className={classes.row ?? ''} gap="xs" wrap="nowrap">
      <output className={`mono ${classes.text}`} aria-label={label}>
        {text}
      </output>
      <CopyButton value={text} timeout={2000}>
        {({ copied, copy }) => (
          <Button
            size="compact-sm"
            variant={copied ? 'light' : 'default'}
            onClick={copy}
            leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          >
            {t(copied ? 'common.copied' : 'common.copy')}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}

/** What is shown this once. It is in the memory of this page alone, and gone with it. */
export function Secret({ text, note, label }: { text: string; note: string; label: string }) {
  return (
    <>
      <Alert color="yellow" variant="light" mb="md">
        {note}
      </Alert>
      <CopyText text={text} label={label} />
    </>
  );
}
