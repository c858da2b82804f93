import { Button, Code } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { AdminError } from '../api/admin.ts';
import { Blank } from '../parts/blank.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';

/** Where a screen threw. A refusal of the API is told as one; anything else is a fault of ours. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  if (error instanceof AdminError) return <ProblemNote problem={error} onRetry={reset} />;
  return (
    <Blank
      isPage
      title={t('shell.brokenTitle')}
      actions={
        <Button variant="default" onClick={() => location.reload()}>
          {t('shell.reload')}
        </Button>
      }
    >
      {t('shell.brokenText')}
      <Code block mt="md">
        {String(error)}
      </Code>
    </Blank>
  );
}
