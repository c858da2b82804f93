import { Button } from '@mantine/core';
import { IconMapPinOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { AdminError } from '../api/admin.ts';
import { Blank } from './blank.tsx';
import { PageHead } from './page-head.tsx';
import { ProblemNote } from './problem-note.tsx';

interface UnreadPageProps {
  /** Left out: it is known that there is no such thing. */
  problem?: Error;
  /** The list that it would be in: label and address. */
  within: readonly [label: string, to: string];
  onRetry?: () => void;
}

/** There is none of this name, or it can't be one: an identifier of another form is refused before anything is looked for. */
const MISSING = new Set([400, 404]);

/** In place of one thing that could not be read: a page of its own, with the way back. */
export function UnreadPage({ problem, within, onRetry }: UnreadPageProps) {
  const { t } = useTranslation();
  const [label, to] = within;
  if (problem === undefined || (problem instanceof AdminError && MISSING.has(problem.status))) {
    return (
      <Blank
        isPage
        icon={IconMapPinOff}
        title={t('common.missingTitle')}
        actions={
          <Button component={Link} to={to} variant="default">
            {label}
          </Button>
        }
      >
        {t('common.missingText')}
      </Blank>
    );
  }
  return (
    <>
      <PageHead title={t('common.unreadTitle')} within={[within]} />
      <ProblemNote problem={problem} {...(onRetry === undefined ? {} : { onRetry })} />
    </>
  );
}
