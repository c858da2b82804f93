import { Button, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { type OwnWords, useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import { Rows } from '../../parts/rows.tsx';
import { KeyStateBadge } from '../keys/key-state.tsx';
import type { AnyResource } from './resource-kind.ts';

const SHOWN_MAX = 5;

const en = {
  keys: 'Keys on this plan',
  noKeys: 'No key is on this plan',
  allKeys: 'All its keys',
  clients: 'Clients on this plan',
  noClients: 'No client is on this plan',
};
const de: typeof en = {
  keys: 'Schlüssel mit diesem Plan',
  noKeys: 'Kein Schlüssel hat diesen Plan',
  allKeys: 'Alle Schlüssel',
  clients: 'Clients mit diesem Plan',
  noClients: 'Kein Client hat diesen Plan',
};
const words: OwnWords<typeof en> = { en, de };

/** Above the limits of a plan: whose they are. */
export function PlanHolders({ resource: { name } }: { resource: AnyResource }) {
  const { mayInTenant } = useMe();
  return (
    <>
      {mayInTenant('keys:read') && <Keys plan={name} />}
      {mayInTenant('clients:read') && <Clients plan={name} />}
    </>
  );
}

function Keys({ plan }: { plan: string }) {
  const say = useWords(words);
  const { data } = useList('/api/v1/keys', { filters: { plan, limit: SHOWN_MAX } });
  const [page] = data?.pages ?? [];
  return (
    <Card
      title={say.keys}
      actions={
        (page?.items.length ?? 0) > 0 && (
          <Text size="sm" component={Link} to={`/keys?plan=${encodeURIComponent(plan)}`}>
            {say.allKeys}
          </Text>
        )
      }
    >
      <Rows empty={say.noKeys}>
        {page?.items.map((key) => (
          <Group key={key.id} justify="space-between" wrap="nowrap">
            <div>
              <Text size="sm" fw={550} component={Link} to={`/keys/${key.id}`}>
                {key.name}
              </Text>
              <Text size="xs" c="dimmed">
                <code>{key.display}</code>
              </Text>
            </div>
            <KeyStateBadge apiKey={key} />
          </Group>
        ))}
      </Rows>
    </Card>
  );
}

function Clients({ plan }: { plan: string }) {
  const { t } = useTranslation();
  const say = useWords(words);
  const { data, fetchNextPage, hasNextPage } = useList('/api/v1/clients', {
    filters: { refersTo: `plan/${plan}`, limit: SHOWN_MAX },
  });
  return (
    <Card title={say.clients}>
      <Rows empty={say.noClients}>
        {data?.pages.flatMap(({ items }) =>
          items.map((client) => (
            <div key={client.name}>
              <Text size="sm" fw={550} component={Link} to={`/clients/${client.name}`}>
                {client.spec.displayName ?? client.name}
              </Text>
              {client.spec.displayName !== undefined && (
                <Text size="xs" c="dimmed">
                  <code>{client.name}</code>
                </Text>
              )}
            </div>
          )),
        )}
      </Rows>
      {hasNextPage && (
        <Button mt="sm" variant="default" size="xs" onClick={() => void fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </Card>
  );
}
