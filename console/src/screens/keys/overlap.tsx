import type { Key } from '@gatehouse/sdk/admin';
import { Alert, Group, Text } from '@mantine/core';
import { IconArrowsExchange } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { count, relativeTime } from '../../language/format.ts';
import { stateOf } from './key-state.tsx';

const DAY_MILLISECONDS = 86_400_000;

/** While a key and its successor both work: who still uses the old one, and whether it can go. */
export function Overlap({ apiKey }: { apiKey: Key }) {
  const otherId = apiKey.replaces ?? '';
  const { data: before } = useRead('/api/v1/keys/{id}', { params: { id: otherId }, enabled: otherId !== '' });
  const nextId = apiKey.replacedBy ?? '';
  const { data: next } = useRead('/api/v1/keys/{id}', { params: { id: nextId }, enabled: nextId !== '' });
  if (apiKey.replacedBy !== null) {
    if (next === undefined) return null;
    return <OldKey old={apiKey} replacedAt={next.createdAt} to={`/keys/${nextId}`} isOld />;
  }
  if (before === undefined || stateOf(before) !== 'ending') return null;
  return <OldKey old={before} replacedAt={apiKey.createdAt} to={`/keys/${before.id}`} isOld={false} />;
}

interface OldKeyProps {
  old: Key;
  /** When its successor was made. */
  replacedAt: number;
  to: string;
  isOld: boolean;
}

function OldKey({ old, replacedAt, to, isOld }: OldKeyProps) {
  const { t } = useTranslation();
  const me = useMe();
  const isOver = stateOf(old) !== 'ending';
  // To the minute: the same question while it is looked at.
  const since = Math.floor(Date.now() / 60_000) * 60_000 - DAY_MILLISECONDS;
  const { data } = useRead('/api/v1/keys/{id}/usage', {
    params: { id: old.id },
    query: { by: 'route', from: since },
    enabled: !isOver,
  });
  const calls = data?.items.reduce((sum, { calls }) => sum + calls, 0) ?? 0;
  // Calls are counted by the hour, and those before it was replaced say nothing; not all uses are calls at the gateway.
  const isUsed = (old.lastUse?.at ?? 0) >= replacedAt;
  const routes =
    data?.items.flatMap(({ route, calls }) => (route === undefined ? [] : `${route} (${count(calls)})`)) ?? [];
  return (
    <Alert
      mb="lg"
      color={isOver || !isUsed ? 'pine' : 'yellow'}
      icon={<IconArrowsExchange aria-hidden />}
      title={t(isOver ? 'keys.overlap.over' : isUsed ? 'keys.overlap.used' : 'keys.overlap.unused')}
    >
      {!isOver && (
        <Text size="sm">
          {t('keys.overlap.text', {
            calls: count(calls),
            until: old.expiresAt === null ? '' : relativeTime(old.expiresAt),
          })}{' '}
          {routes.length > 0 && t('keys.overlap.routes', { routes: routes.join(', ') })}
          {old.lastUse !== null &&
            ` ${t(old.lastUse.address === '' ? 'keys.overlap.last' : 'keys.overlap.lastFrom', {
              when: relativeTime(old.lastUse.at),
              address: old.lastUse.address,
            })}`}
        </Text>
      )}
      <Group mt={6}>
        <Link to={to}>{t(isOld ? 'keys.overlap.successor' : 'keys.overlap.predecessor')}</Link>
        {!isOver && calls > 0 && me.may('access_records:read') && (
          <Link to="/requests" search={{ credentialId: old.id } as never}>
            {t('keys.overlap.calls')}
          </Link>
        )}
      </Group>
    </Alert>
  );
}
