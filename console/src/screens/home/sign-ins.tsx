import { Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Card } from '../../parts/card.tsx';
import { useProofs } from '../../parts/proofs.ts';
import { Rows } from '../../parts/rows.tsx';
import { Time } from '../../parts/time.tsx';
import { PersonName } from '../people/person-name.tsx';

const SHOWN = 6;

/** Who signed in last, and how. */
export function SignIns() {
  const { t } = useTranslation();
  const { may } = useMe();
  const proofs = useProofs();
  const { data } = useList('/api/v1/audit/events', {
    filters: { type: 'user.signed_in', limit: SHOWN },
    enabled: may('audit:read'),
    refetchInterval: 15_000,
  });
  if (!may('audit:read')) return null;
  const events = data?.pages[0]?.items;
  return (
    <Card
      title={t('home.signIns')}
      lead={t('home.signInsLead')}
      actions={
        <Text size="sm">
          <Link to="/audit" search={{ type: 'user.signed_in' } as never}>
            {t('common.all')}
          </Link>
        </Text>
      }
    >
      <Rows empty={t('home.noSignIns')}>
        {events?.map(({ id, at, target, detail }) => (
          <Group key={id} justify="space-between" wrap="nowrap">
            <Text size="sm" truncate component="div">
              <PersonName id={target.id} />
              <Text span size="xs" c="dimmed">
                {Array.isArray(detail?.amr) ? proofs(detail.amr.map(String)) : ''}
              </Text>
            </Text>
            <Text size="sm" c="dimmed" style={{ flex: 'none' }}>
              <Time at={at} />
            </Text>
          </Group>
        ))}
      </Rows>
    </Card>
  );
}
