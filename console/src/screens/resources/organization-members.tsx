import { Button, Group, Loader, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useList, useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Rows } from '../../parts/rows.tsx';
import { useAction } from '../../parts/use-action.ts';
import { Words } from '../../parts/words.tsx';
import { InviteButton } from '../people/invite.tsx';
import type { AnyResource } from './resource-kind.ts';

/** Who belongs to it, with the roles they have there. */
export function OrganizationMembers({ resource: { name } }: { resource: AnyResource }) {
  const { t } = useTranslation();
  const { may } = useMe();
  const [ending, setEnding] = useState<string>();
  const mayRead = may('memberships:read');
  const { data, hasNextPage, fetchNextPage, isPending } = useList('/api/v1/organizations/{name}/members', {
    params: { name },
    enabled: mayRead,
  });
  const end = useAction({
    run: (userId: string) => api.delete('/api/v1/organizations/{name}/members/{userId}', { params: { name, userId } }),
    done: () => t('people.memberEnded'),
    onDone: () => setEnding(undefined),
  });
  if (!mayRead) return null;
  return (
    <Card title={t('people.members')} lead={t('people.membersLead')} actions={<InviteButton organization={name} />}>
      {isPending && <Loader size="sm" />}
      {data !== undefined && (
        <Rows empty={t('people.noMembers')}>
          {data.pages.flatMap(({ items }) =>
            items.map(({ userId, roles }) => (
              <Group key={userId} justify="space-between">
                <div>
                  <PersonName id={userId} /> <Words words={roles} />
                </div>
                {may('memberships:write') && (
                  <Button size="compact-sm" variant="default" onClick={() => setEnding(userId)}>
                    {t('people.endMembership')}
                  </Button>
                )}
              </Group>
            )),
          )}
        </Rows>
      )}
      {hasNextPage && (
        <Button mt="sm" variant="default" size="xs" onClick={() => void fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
      <Confirm
        opened={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={t('people.endMembershipTitle')}
        action={t('people.endMembership')}
        busy={end.isPending}
        onConfirm={() => ending !== undefined && end.mutate(ending)}
      >
        {t('people.endMembershipText')}
      </Confirm>
    </Card>
  );
}

/** By name where it may be known; each is asked for once and remembered. */
export function PersonName({ id }: { id: string }) {
  const { may } = useMe();
  const { data } = useRead('/api/v1/users/{id}', {
    params: { id },
    enabled: may('users:read') && id.startsWith('usr_'),
  });
  return (
    <Text span size="sm" fw={550} mr={6}>
      {id.startsWith('usr_') ? <Link to={`/users/${id}`}>{data?.name ?? id}</Link> : id}
    </Text>
  );
}
