import { Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Card } from '../../parts/card.tsx';
import { Rows } from '../../parts/rows.tsx';
import { Time } from '../../parts/time.tsx';
import { stateOf } from '../keys/key-state.tsx';

const SOON_MILLISECONDS = 30 * 86_400_000;
const SHOWN = 6;

/** Keys that end soon, the first to end first. */
export function Expiring() {
  const { t } = useTranslation();
  const { may } = useMe();
  const { data } = useList('/api/v1/keys', { filters: { limit: 500 }, enabled: may('keys:read') });
  if (!may('keys:read')) return null;
  const now = Date.now();
  const soon = data?.pages
    .flatMap(({ items }) => items)
    .flatMap((key) =>
      key.expiresAt === null || key.expiresAt > now + SOON_MILLISECONDS ? [] : [{ ...key, expiresAt: key.expiresAt }],
    )
    .filter((key) => ['active', 'ending'].includes(stateOf(key, now)))
    .toSorted((one, other) => one.expiresAt - other.expiresAt);
  return (
    <Card title={t('home.expiring')} lead={t('home.expiringLead')}>
      <Rows empty={t('home.noneExpiring')}>
        {soon?.slice(0, SHOWN).map((key) => (
          <Group key={key.id} justify="space-between" wrap="nowrap">
            <Text size="sm" truncate>
              <Link to={`/keys/${key.id}`}>{key.name}</Link> <code>{key.display}</code>
            </Text>
            <Text size="sm" c="dimmed" style={{ flex: 'none' }}>
              <Time at={key.expiresAt} />
            </Text>
          </Group>
        ))}
      </Rows>
    </Card>
  );
}
