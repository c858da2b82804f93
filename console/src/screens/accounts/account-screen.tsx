import { Button, Loader } from '@mantine/core';
import { IconPencil, IconPlayerPause, IconTrash } from '@tabler/icons-react';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AdminError, api } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Facts } from '../../parts/facts.tsx';
import { MoreMenu } from '../../parts/more-menu.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Time } from '../../parts/time.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useAction } from '../../parts/use-action.ts';
import { Words } from '../../parts/words.tsx';
import { OrganizationName } from '../people/organization-name.tsx';
import { UserStatus } from '../people/user-status.tsx';
import { AccountForm, type AccountValues } from './account-form.tsx';
import { AccountKeys } from './account-keys.tsx';
import type { Account } from './accounts-screen.tsx';
import { words } from './words.ts';

export function AccountScreen() {
  const { t } = useTranslation();
  const { id = '' } = useParams({ strict: false });
  const { data, error, refetch } = useRead('/api/v1/service-accounts/{id}', { params: { id } });
  if (error !== null)
    return (
      <UnreadPage
        problem={error}
        within={[t('shell.pages.serviceAccounts'), '/service-accounts']}
        onRetry={() => void refetch()}
      />
    );
  return data === undefined ? <Loader size="sm" /> : <Detail account={data} />;
}

function Detail({ account }: { account: Account }) {
  const { t } = useTranslation();
  const say = useWords(words);
  const me = useMe();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<'edit' | 'disable' | 'delete'>();
  const close = () => setDialog(undefined);
  const { id, name, description, roles, status, organizationId, createdAt, updatedAt } = account;
  const params = { id };
  const mayWrite = me.may('service_accounts:write');
  const isActive = status === 'active';
  const enable = '/api/v1/service-accounts/{id}/enable';
  const disable = '/api/v1/service-accounts/{id}/disable';
  const setStatus = useAction({
    run: (wanted: 'active' | 'disabled') => api.post(wanted === 'active' ? enable : disable, { params }),
    done: (wanted) => (wanted === 'active' ? say.enabled(name) : say.disabled(name)),
    undo: (wanted) => api.post(wanted === 'active' ? disable : enable, { params }),
  });
  const save = useAction({
    run: ({ body }: { body: AccountValues; refused: (error: AdminError) => void }) =>
      api.patch('/api/v1/service-accounts/{id}', { params, body, ifMatch: '*' }),
    done: () => t('common.saved'),
    onDone: close,
  });
  const remove = useAction({
    run: () => api.delete('/api/v1/service-accounts/{id}', { params, ifMatch: '*' }),
    done: () => say.deleted(name),
    onDone: () => void navigate({ to: '/service-accounts' }),
  });
  return (
    <>
      <PageHead
        title={name}
        lead={description}
        within={[[t('shell.pages.serviceAccounts'), '/service-accounts']]}
        aside={<UserStatus status={status} />}
        actions={
          mayWrite && (
            <>
              <MoreMenu
                actions={[
                  {
                    label: say.disable,
                    icon: IconPlayerPause,
                    harmful: true,
                    onClick: () => setDialog('disable'),
                    hidden: !isActive,
                  },
                  { label: t('common.delete'), icon: IconTrash, harmful: true, onClick: () => setDialog('delete') },
                ]}
              />
              {!isActive && (
                <Button variant="default" onClick={() => setStatus.mutate('active')}>
                  {say.enable}
                </Button>
              )}
              <Button leftSection={<IconPencil size={16} />} onClick={() => setDialog('edit')}>
                {t('common.edit')}
              </Button>
            </>
          )
        }
      />
      <Card title={t('people.about')}>
        <Facts
          facts={[
            [t('common.id'), <code key="i">{id}</code>],
            [t('shell.pages.organizations'), organizationId && <OrganizationName key="o" id={organizationId} />],
            [t('keys.roles'), <Words key="r" words={roles} />],
            [t('common.created'), <Time key="c" at={createdAt} />],
            [t('common.updated'), <Time key="u" at={updatedAt} />],
          ]}
        />
      </Card>
      <AccountKeys account={account} />
      <AccountForm
        opened={dialog === 'edit'}
        onClose={close}
        title={t('common.editNamed', { name })}
        initial={{ name, description, roles }}
        action={t('common.save')}
        busy={save.isPending}
        onSubmit={(body, refused) => save.mutate({ body, refused })}
      />
      <Confirm
        opened={dialog === 'disable'}
        onClose={close}
        title={say.disableTitle(name)}
        action={say.disable}
        onConfirm={() => {
          close();
          setStatus.mutate('disabled');
        }}
      >
        {say.disableText}
      </Confirm>
      <Confirm
        opened={dialog === 'delete'}
        onClose={close}
        title={say.deleteTitle(name)}
        action={t('common.delete')}
        typed={name}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        {say.deleteText} {t('common.cannotBeUndone')}
      </Confirm>
    </>
  );
}
