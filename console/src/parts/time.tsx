import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { dateTime, relativeTime } from '../language/format.ts';

/** A moment as people say it; exactly on a closer look. */
export function Time({ at }: { at: number | null | undefined }) {
  const { t } = useTranslation();
  if (at == null) return <span>{t('common.never')}</span>;
  return (
    <Tooltip label={dateTime(at)}>
      <time dateTime={new Date(at).toISOString()}>{relativeTime(at)}</time>
    </Tooltip>
  );
}
