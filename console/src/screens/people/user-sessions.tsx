import type { User } from '@gatehouse/sdk/admin';
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { useProofs } from '../../parts/proofs.ts';
import { Rows } from '../../parts/rows.tsx';
import { Time } from '../../parts/time.tsx';
import { useAction } from '../../parts/use-action.ts';
import { deviceOf } from './device-of.ts';
import { isOwnAccount } from './own-account.ts';

/** Where somebody is signed in, and how strongly they proved it; ending one takes a fresh proof. */
export function UserSessions({ user }: { user: User }) {
  const { id, name } = user;
  const { t } = useTranslation();
  const me = useMe();
  const { may } = me;
  const [ending, setEnding] = useState<string>();
  const mayRead = may('sessions:read') && isOwnAccount(me, user);
  const { data } = useRead('/api/v1/users/{id}/sessions', { params: { id }, enabled: mayRead });
  const one = '/api/v1/users/{id}/sessions/{sessionId}/end';
  const all = '/api/v1/users/{id}/sessions/end';
  const end = useAction({
    run: (sessionId: string) =>
      sessionId === ALL ? api.post(all, { params: { id } }) : api.post(one, { params: { id, sessionId } }),
    done: () => t('people.sessions.ended'),
    interrupted: (sessionId) => ({
      label: t(sessionId === ALL ? 'people.sessions.endAllOf' : 'people.sessions.endOneOf', { name }),
      method: 'post',
      path: sessionId === ALL ? all : one,
      params: sessionId === ALL ? { id } : { id, sessionId },
    }),
  });
  const proofs = useProofs();
  if (!mayRead) return null;
  const mayEnd = may('sessions:write');
  const sessions = data?.items;
  return (
    <Card
      title={t('people.sessions.title')}
      lead={t('people.sessions.lead')}
      actions={
        mayEnd &&
        sessions !== undefined &&
        sessions.length > 1 && (
          <Button size="xs" variant="default" onClick={() => setEnding(ALL)}>
            {t('people.sessions.endAll')}
          </Button>
        )
      }
    >
      <Rows empty={t('people.sessions.none')}>
        {sessions?.map((session) => (
          <Group key={session.id} justify="space-between" wrap="nowrap">
            <div>
              <Text size="sm" fw={550}>
                {deviceOf(session.userAgent)}{' '}
                <Badge tone={session.acr === 'aal1' ? 'warn' : 'good'}>{proofs(session.amr)}</Badge>
              </Text>
              <Text size="xs" c="dimmed">
                <code>{session.address}</code> · {t('people.sessions.seen')} <Time at={session.lastSeenAt} />
              </Text>
            </div>
            {mayEnd && (
              <Button size="compact-sm" variant="default" onClick={() => setEnding(session.id)}>
                {t('people.sessions.end')}
              </Button>
            )}
          </Group>
        ))}
      </Rows>
      <Confirm
        opened={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={t(ending === ALL ? 'people.sessions.endAllOf' : 'people.sessions.endOneOf', { name })}
        action={t('people.sessions.end')}
        onConfirm={() => {
          if (ending !== undefined) end.mutate(ending);
          setEnding(undefined);
        }}
      >
        {t('people.sessions.text')}
      </Confirm>
    </Card>
  );
}

const ALL = '*';
