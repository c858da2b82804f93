import type { AuditEvent } from '@gatehouse/sdk/admin';
import { Button, Group, Timeline as Line, Loader, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { EventName } from '../../events/event-name.tsx';
import { Card } from '../../parts/card.tsx';
import { PrincipalName } from '../../parts/principal-name.tsx';
import { Time } from '../../parts/time.tsx';

/** What happened to the account, newest first, from the audit log. */
export function Timeline({ userId }: { userId: string }) {
  const { t } = useTranslation();
  const { may } = useMe();
  const mayRead = may('audit:read');
  const { data, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useList('/api/v1/audit/events', {
    filters: { targetId: userId, limit: 20 },
    enabled: mayRead,
  });
  if (!mayRead) return null;
  const events = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Card title={t('people.timeline')} lead={t('people.timelineLead')}>
      {isPending && <Loader size="sm" />}
      <Line bulletSize={10} lineWidth={1} active={events.length}>
        {events.map(({ id, type, at, actor, detail }) => (
          <Line.Item key={id}>
            <Text size="sm" component="div">
              <EventName type={type} />
            </Text>
            <Text size="xs" c="dimmed">
              <Time at={at} /> ·{' '}
              {actor.id === userId ? t('people.byThemselves') : <PrincipalName id={actor.id} plain />}
              {toldBy(detail).map((told) => ` · ${told}`)}
            </Text>
          </Line.Item>
        ))}
      </Line>
      {hasNextPage && (
        <Group mt="md">
          <Button size="xs" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('common.more')}
          </Button>
        </Group>
      )}
    </Card>
  );
}

const DETAIL_LENGTH_MAX = 160;

/** What else the log knows of it, in one text or none. */
function toldBy(detail: AuditEvent['detail']): string[] {
  const told = Object.entries(detail ?? {})
    .filter(([, value]) => !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return told === '' ? [] : [told.slice(0, DETAIL_LENGTH_MAX)];
}
