import { Alert, Button, Group } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useBlocker } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './secret.module.css';

interface CopyTextProps {
  text: string;
  label?: string;
  /** It was copied, by the button or by hand. */
  onCopied?: () => void;
  /** Whoever came by keyboard goes on here. */
  focused?: boolean;
}

/** A text to take along. */
export function CopyText({ text, label, onCopied, focused = false }: CopyTextProps) {
  const { t } = useTranslation();
  const { copy, copied, error } = useClipboard({ timeout: 2000 });
  const button = useRef<HTMLButtonElement>(null);
  const output = useRef<HTMLOutputElement>(null);
  const tell = useRef(onCopied);
  tell.current = onCopied;
  // Only once it is there: a browser may refuse, and has no clipboard for pages that came without TLS.
  useEffect(() => {
    if (copied) tell.current?.();
  }, [copied]);
  // Then it is marked, so that it can be copied by hand.
  useEffect(() => {
    if (error !== null && output.current !== null) getSelection()?.selectAllChildren(output.current);
  }, [error]);
  useEffect(() => {
    if (focused) button.current?.focus();
  }, [focused]);
  return (
    <Group className={classes.row ?? ''} gap="xs" wrap="nowrap">
      <output ref={output} className={`mono ${classes.text}`} aria-label={label} onCopy={onCopied}>
        {text}
      </output>
      <Button
        ref={button}
        size="compact-sm"
        variant={copied ? 'light' : 'default'}
        onClick={() => copy(text)}
        leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      >
        {t(copied ? 'common.copied' : 'common.copy')}
      </Button>
    </Group>
  );
}

/**
 * What is shown this once. It is in the memory of this page alone, and gone with it: whoever goes elsewhere before it
 * was copied is asked. `ignoreBlocker` is for who said that it is kept.
 */
export function Secret({ text, note, label }: { text: string; note: string; label: string }) {
  const { t } = useTranslation();
  const [isKept, setKept] = useState(false);
  useBlocker({
    shouldBlockFn: () => !window.confirm(t('common.notCopied')),
    enableBeforeUnload: true,
    disabled: isKept,
  });
  return (
    <>
      <Alert color="yellow" variant="light" mb="md">
        {note}
      </Alert>
      <CopyText text={text} label={label} onCopied={() => setKept(true)} focused />
    </>
  );
}

/** For the dialog around it: while it is shown, neither a slip of the hand nor Escape closes it, but the button that says so. */
export const heldOpen = (isShown: boolean) => ({
  closeOnClickOutside: !isShown,
  closeOnEscape: !isShown,
  withCloseButton: !isShown,
});
