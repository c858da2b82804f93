import type { AnswerOf, User } from '@gatehouse/sdk/admin';
import { Button, Group, Loader, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Rows } from '../../parts/rows.tsx';
import { Time } from '../../parts/time.tsx';
import { useAction } from '../../parts/use-action.ts';
import { isOwnAccount } from './own-account.ts';
import { words } from './words.ts';

type Factors = AnswerOf<'get', '/api/v1/users/{id}/factors'>;
/** `id` of a passkey; the authenticator app has none. */
interface Removing {
  id?: string;
  name: string;
}

const TOTP = '/api/v1/users/{id}/factors/totp';
const PASSKEY = '/api/v1/users/{id}/factors/passkeys/{passkeyId}';

/** What somebody proves themselves with. Taking one away asks for its name and for a fresh proof. */
export function UserFactors({ user }: { user: User }) {
  const { factors: say } = useWords(words);
  const me = useMe();
  const [removing, setRemoving] = useState<Removing>();
  const mayRead = isOwnAccount(me, user);
  const { data, error, refetch } = useRead('/api/v1/users/{id}/factors', { params: { id: user.id }, enabled: mayRead });
  const which = ({ id: passkeyId }: Removing) => ({
    path: passkeyId === undefined ? TOTP : PASSKEY,
    params: passkeyId === undefined ? { id: user.id } : { id: user.id, passkeyId },
  });
  const remove = useAction({
    run: (factor: Removing) => {
      const { path, params } = which(factor);
      return api.raw('delete', path, { params });
    },
    done: ({ name }) => say.removed(name),
    interrupted: (factor) => ({ label: say.removeTitle(factor.name, user.name), method: 'delete', ...which(factor) }),
  });
  if (!mayRead) return null;
  // One's own are removed on the account pages, which also let one add another.
  const mayRemove = me.may('users:recover') && user.id !== me.id;
  return (
    <Card title={say.title} lead={say.lead}>
      {error !== null && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loader size="sm" />}
      {data !== undefined && <FactorRows factors={data} onRemove={mayRemove ? setRemoving : undefined} />}
      <Confirm
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={say.removeTitle(removing?.name ?? '', user.name)}
        action={say.remove}
        typed={removing?.name ?? ''}
        onConfirm={() => {
          if (removing !== undefined) remove.mutate(removing);
          setRemoving(undefined);
        }}
      >
        {say.removeText}
      </Confirm>
    </Card>
  );
}

function FactorRows({ factors, onRemove }: { factors: Factors; onRemove: ((what: Removing) => void) | undefined }) {
  const { factors: say } = useWords(words);
  const { password, totpSince, passkeys, recoveryCodes } = factors;
  const action = (what: Removing) =>
    onRemove !== undefined && (
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`${say.remove}: ${what.name}`}
        onClick={() => onRemove(what)}
      >
        {say.remove}
      </Button>
    );
  return (
    <Rows empty={say.none}>
      {password && <Text size="sm">{say.password}</Text>}
      {totpSince !== null && (
        <Group justify="space-between" wrap="nowrap">
          <div>
            <Text size="sm" fw={550}>
              {say.totp}
            </Text>
            <Text size="xs" c="dimmed">
              {say.since} <Time at={totpSince} />
            </Text>
          </div>
          {action({ name: say.totp })}
        </Group>
      )}
      {passkeys.map(({ id, name, authenticator, synced, createdAt, lastUsedAt }) => (
        <Group key={id} justify="space-between" wrap="nowrap">
          <div>
            <Text size="sm" fw={550}>
              {name} <Badge tone="good">{say.passkey}</Badge> {synced && <Badge>{say.synced}</Badge>}
            </Text>
            <Text size="xs" c="dimmed">
              {authenticator} · {say.since} <Time at={createdAt} /> ·{' '}
              {lastUsedAt === null ? (
                say.neverUsed
              ) : (
                <>
                  {say.used} <Time at={lastUsedAt} />
                </>
              )}
            </Text>
          </div>
          {action({ id, name })}
        </Group>
      ))}
      {recoveryCodes > 0 && <Text size="sm">{say.recoveryCodes(recoveryCodes)}</Text>}
    </Rows>
  );
}
