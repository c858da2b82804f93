import { Alert, Stack } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { percent } from '../../language/format.ts';
import { stateOf } from '../keys/key-state.tsx';
import type { Traffic } from './traffic-card.tsx';

/** Below so many calls a share says nothing. */
const CALLS_MIN = 20;
const ERRORS_SHARE_MAX = 0.05;
const DENIALS_SHARE_MAX = 0.5;
const SOON_MILLISECONDS = 3 * 86_400_000;

/** What wants somebody's attention, and where it is dealt with. Nothing when nothing does. */
export function Alerts({ traffic }: { traffic: Traffic | undefined }) {
  const { t } = useTranslation();
  const { may } = useMe();
  const { data } = useList('/api/v1/keys', { filters: { limit: 500 }, enabled: may('keys:read') });
  const now = Date.now();
  const keys = data?.pages.flatMap(({ items }) => items) ?? [];
  const aside = keys.filter((key) => stateOf(key, now) === 'quarantined');
  const ending = keys.filter(
    (key) => stateOf(key, now) === 'active' && key.expiresAt !== null && key.expiresAt < now + SOON_MILLISECONDS,
  );
  const { calls = 0, errors = 0, denied = 0 } = traffic?.totals ?? {};
  const isBusy = calls >= CALLS_MIN;
  const found: { text: string; to: string; serious: boolean }[] = [
    ...(isBusy && errors / calls > ERRORS_SHARE_MAX
      ? [
          {
            text: t('home.alerts.errors', { share: percent(errors / calls) }),
            to: '/requests?status=5xx',
            serious: true,
          },
        ]
      : []),
    ...(isBusy && denied / calls > DENIALS_SHARE_MAX
      ? [
          {
            text: t('home.alerts.denied', { share: percent(denied / calls) }),
            to: '/requests?allowed=false',
            serious: false,
          },
        ]
      : []),
    ...aside.map(({ id, name }) => ({ text: t('home.alerts.aside', { name }), to: `/keys/${id}`, serious: false })),
    ...ending.map(({ id, name }) => ({ text: t('home.alerts.ending', { name }), to: `/keys/${id}`, serious: false })),
  ];
  if (found.length === 0) return null;
  return (
    <Stack gap="xs" mb="lg">
      {found.slice(0, 4).map(({ text, to, serious }) => (
        <Alert key={text} color={serious ? 'red' : 'yellow'} py={8} icon={<IconAlertTriangle size={18} aria-hidden />}>
          {text} <Link to={to}>{t('home.alerts.look')}</Link>
        </Alert>
      ))}
    </Stack>
  );
}
