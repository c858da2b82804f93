import type { User } from '@gatehouse/sdk/admin';
import { Button, Group, Loader, SimpleGrid, Stack } from '@mantine/core';
import { IconLifebuoy, IconMask, IconPencil, IconTrash, IconUserOff } from '@tabler/icons-react';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Facts } from '../../parts/facts.tsx';
import { MoreMenu } from '../../parts/more-menu.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { patchCached } from '../../parts/patch-cached.ts';
import { Time } from '../../parts/time.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useAction } from '../../parts/use-action.ts';
import { Words } from '../../parts/words.tsx';
import { EditUser } from './edit-user.tsx';
import { ImpersonateUser } from './impersonate-user.tsx';
import { OrganizationName } from './organization-name.tsx';
import { isOwnAccount, mayActFor } from './own-account.ts';
import { RecoverUser } from './recover-user.tsx';
import { Timeline } from './timeline.tsx';
import { UserApplications } from './user-applications.tsx';
import { UserFactors } from './user-factors.tsx';
import { UserSessions } from './user-sessions.tsx';
import { UserStatus } from './user-status.tsx';
import { words } from './words.ts';

export function UserScreen() {
  const { t } = useTranslation();
  const { id = '' } = useParams({ strict: false });
  const { data, error, refetch } = useRead('/api/v1/users/{id}', { params: { id } });
  if (error !== null)
    return <UnreadPage problem={error} within={[t('shell.pages.users'), '/users']} onRetry={() => void refetch()} />;
  return data === undefined ? <Loader size="sm" /> : <UserDetail user={data} />;
}

function UserDetail({ user }: { user: User }) {
  const { t } = useTranslation();
  const say = useWords(words);
  const me = useMe();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<'edit' | 'disable' | 'delete' | 'recover' | 'impersonate'>();
  const close = () => setDialog(undefined);
  const { id, name } = user;
  const params = { id };
  // An organization looks after the accounts that it manages, and nobody suspends themselves.
  const mayWrite = me.may('users:write') && isOwnAccount(me, user);
  const isActive = user.status === 'active';
  const setStatus = useAction({
    run: (verb: 'disable' | 'enable') =>
      api.post(verb === 'disable' ? '/api/v1/users/{id}/disable' : '/api/v1/users/{id}/enable', { params }),
    optimistic: (verb, queries) =>
      patchCached(queries, '/api/v1/users', id, { status: verb === 'disable' ? 'disabled' : 'active' }),
    done: (verb) => t(`people.${verb}.done`, { name }),
    undo: (verb) =>
      api.post(verb === 'disable' ? '/api/v1/users/{id}/enable' : '/api/v1/users/{id}/disable', { params }),
  });
  const remove = useAction({
    run: () => api.delete('/api/v1/users/{id}', { params, ifMatch: '*' }),
    done: () => t('people.delete.done', { name }),
    onDone: () => void navigate({ to: '/users' }),
  });
  return (
    <>
      <PageHead
        title={name}
        lead={user.email}
        within={[[t('shell.pages.users'), '/users']]}
        aside={<UserStatus status={user.status} />}
        actions={
          <>
            <MoreMenu
              actions={[
                {
                  label: say.impersonate.open,
                  icon: IconMask,
                  onClick: () => setDialog('impersonate'),
                  hidden: !mayActFor(me, user),
                },
                {
                  label: t('people.recover.open'),
                  icon: IconLifebuoy,
                  onClick: () => setDialog('recover'),
                  hidden: !mayWrite || !me.may('users:recover') || !isActive,
                },
                {
                  label: t('people.disable.open'),
                  icon: IconUserOff,
                  harmful: true,
                  onClick: () => setDialog('disable'),
                  hidden: !mayWrite || !isActive || id === me.id,
                },
                {
                  label: t('people.delete.open'),
                  icon: IconTrash,
                  harmful: true,
                  onClick: () => setDialog('delete'),
                  hidden: !mayWrite || id === me.id,
                },
              ]}
            />
            {mayWrite && !isActive && (
              <Button variant="default" onClick={() => setStatus.mutate('enable')}>
                {t('people.enable.open')}
              </Button>
            )}
            {mayWrite && (
              <Button leftSection={<IconPencil size={16} />} onClick={() => setDialog('edit')}>
                {t('common.edit')}
              </Button>
            )}
          </>
        }
      />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg" mb="lg">
        <Card title={t('people.about')}>
          <About user={user} />
        </Card>
        <UserFactors user={user} />
      </SimpleGrid>
      <UserSessions user={user} />
      <UserApplications userId={id} />
      <Timeline userId={id} />
      <EditUser user={user} opened={dialog === 'edit'} onClose={close} />
      <ImpersonateUser user={user} opened={dialog === 'impersonate'} onClose={close} />
      <RecoverUser user={user} opened={dialog === 'recover'} onClose={close} />
      <Confirm
        opened={dialog === 'disable'}
        onClose={close}
        title={t('people.disable.title', { name })}
        action={t('people.disable.open')}
        onConfirm={() => {
          close();
          setStatus.mutate('disable');
        }}
      >
        {t('people.disable.text')}
      </Confirm>
      <Confirm
        opened={dialog === 'delete'}
        onClose={close}
        title={t('people.delete.title', { name })}
        action={t('people.delete.open')}
        typed={user.email}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        {t('people.delete.text')} {t('common.cannotBeUndone')}
      </Confirm>
    </>
  );
}

function About({ user }: { user: User }) {
  const { t } = useTranslation();
  const { may } = useMe();
  const { data } = useRead('/api/v1/users/{id}/memberships', {
    params: { id: user.id },
    enabled: may('memberships:read'),
  });
  const attributes = Object.entries(user.attributes);
  return (
    <Facts
      facts={[
        [t('common.id'), <code key="i">{user.id}</code>],
        [t('people.email'), `${user.email} ${user.emailVerified ? t('people.verified') : t('people.unverified')}`],
        [t('keys.roles'), <Words key="r" words={user.roles} />],
        [
          t('shell.pages.organizations'),
          data !== undefined && data.items.length > 0 && (
            <Stack key="o" gap={4}>
              {data.items.map(({ organizationId, roles }) => (
                <Group key={organizationId} gap={8}>
                  <OrganizationName id={organizationId} />
                  {roles.length > 0 && <Words words={roles} />}
                </Group>
              ))}
            </Stack>
          ),
        ],
        [t('common.created'), <Time key="c" at={user.createdAt} />],
        [t('common.updated'), <Time key="u" at={user.updatedAt} />],
        ...attributes.map(
          ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
        ),
      ]}
    />
  );
}
