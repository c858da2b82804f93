import { Button, Group, Loader, Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useList, useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Facts } from '../../parts/facts.tsx';
import { MoreMenu } from '../../parts/more-menu.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Rows } from '../../parts/rows.tsx';
import { Time } from '../../parts/time.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useAction } from '../../parts/use-action.ts';
import { Words } from '../../parts/words.tsx';
import { PersonName } from './person-name.tsx';

export function GroupScreen() {
  const { t } = useTranslation();
  const { may } = useMe();
  const navigate = useNavigate();
  const { id = '' } = useParams({ strict: false });
  const [deleting, setDeleting] = useState(false);
  const { data, error, refetch } = useRead('/api/v1/groups/{id}', { params: { id } });
  const remove = useAction({
    run: () => api.delete('/api/v1/groups/{id}', { params: { id }, ifMatch: '*' }),
    done: () => t('editor.deleted', { name: data?.name ?? '' }),
    onDone: () => void navigate({ to: '/groups' }),
  });
  if (error !== null)
    return <UnreadPage problem={error} within={[t('shell.pages.groups'), '/groups']} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loader size="sm" />;
  const mayWrite = may('groups:write');
  return (
    <>
      <PageHead
        title={data.name}
        lead={data.description}
        within={[[t('shell.pages.groups'), '/groups']]}
        actions={
          mayWrite && (
            <MoreMenu
              actions={[
                { label: t('common.delete'), icon: IconTrash, harmful: true, onClick: () => setDeleting(true) },
              ]}
            />
          )
        }
      />
      <Card title={t('people.about')}>
        <Facts
          facts={[
            [t('common.id'), <code key="i">{data.id}</code>],
            [t('keys.roles'), <Words key="r" words={data.roles} />],
            [t('common.updated'), <Time key="u" at={data.updatedAt} />],
          ]}
        />
      </Card>
      <Members id={id} mayWrite={mayWrite} />
      <Confirm
        opened={deleting}
        onClose={() => setDeleting(false)}
        title={t('editor.deleteTitle', { name: data.name })}
        action={t('common.delete')}
        typed={data.name}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        {t('people.group.deleteText')}
      </Confirm>
    </>
  );
}

function Members({ id, mayWrite }: { id: string; mayWrite: boolean }) {
  const { t } = useTranslation();
  const path = '/api/v1/groups/{id}/members/{memberId}';
  const { data, hasNextPage, fetchNextPage } = useList('/api/v1/groups/{id}/members', { params: { id } });
  const put = useAction({ run: (memberId: string) => api.put(path, { params: { id, memberId } }) });
  const take = useAction({
    run: (memberId: string) => api.delete(path, { params: { id, memberId } }),
    done: () => t('people.group.taken'),
    undo: (memberId) => api.put(path, { params: { id, memberId } }),
  });
  return (
    <Card title={t('people.members')} actions={mayWrite && <PersonSelect onChoose={(user) => put.mutate(user)} />}>
      <Rows empty={t('people.noMembers')}>
        {data?.pages.flatMap(({ items }) =>
          items.map((member) => (
            <Group key={member.id} justify="space-between">
              <div>
                <PersonName id={member.id} />
                <Text span size="xs" c="dimmed">
                  <Time at={member.addedAt} />
                </Text>
              </div>
              {mayWrite && (
                <Button size="compact-sm" variant="default" onClick={() => take.mutate(member.id)}>
                  {t('people.group.take')}
                </Button>
              )}
            </Group>
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

/** Somebody, found by name or address as it is typed. */
function PersonSelect({ onChoose }: { onChoose: (id: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 200);
  const { data } = useRead('/api/v1/users', { query: { limit: 8, search }, enabled: search.length > 1 });
  return (
    <Select
      aria-label={t('people.group.put')}
      placeholder={t('people.group.put')}
      searchable
      value={null}
      searchValue={text}
      onSearchChange={setText}
      filter={({ options }) => options}
      data={(data?.items ?? []).map(({ id, name, email }) => ({ value: id, label: `${name} · ${email}` }))}
      onChange={(id) => {
        if (id !== null) onChoose(id);
        setText('');
      }}
    />
  );
}
