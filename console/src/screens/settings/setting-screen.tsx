import { Button, Loader, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useMe } from '../../api/whoami.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Time } from '../../parts/time.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useAction } from '../../parts/use-action.ts';
import { ResourceEditor } from '../resources/resource-editor.tsx';
import { type AnyResource, NEW_NAME } from '../resources/resource-kind.ts';
import { SINGLE } from './settings-groups.ts';

/** One setting; one that is not declared yet is shown as it would begin, and is declared by saving it. */
export function SettingScreen() {
  const { t } = useTranslation();
  const { may } = useMe();
  const navigate = useNavigate();
  const [removing, setRemoving] = useState(false);
  const { plural = '', name = '' } = useParams({ strict: false });
  const isNew = name === NEW_NAME && !SINGLE.has(plural);
  const path = `/api/v1/${plural}/{name}`;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [path, { name }],
    enabled: !isNew,
    queryFn: async ({ signal }): Promise<AnyResource | null> => {
      if (!SINGLE.has(plural)) return (await api.raw('get', path, { params: { name }, signal })).json();
      // By the list: that it is not declared is no failure. What holds then is part of the program.
      const { items } = await (await api.raw('get', `/api/v1/${plural}`, { signal })).json();
      return items[0] ?? null;
    },
  });
  const remove = useAction({
    run: () => api.raw('delete', path, { params: { name } }),
    done: () => t('editor.deleted', { name: t(`settings.kinds.${plural as 'brandings'}`) }),
    undo: () => api.raw('put', path, { params: { name }, body: { spec: data?.spec } }),
    onDone: () => void navigate({ to: '/settings' }),
  });
  if (error !== null)
    return (
      <UnreadPage problem={error} within={[t('shell.pages.settings'), '/settings']} onRetry={() => void refetch()} />
    );
  if (!isNew && isPending) return <Loader size="sm" />;
  const title = t(`settings.kinds.${plural as 'brandings'}`);
  const mayWrite = may(`${plural}:write`) && may('resources:write');
  const isSingle = SINGLE.has(plural);
  return (
    <>
      <PageHead
        title={isSingle || isNew ? title : name}
        within={[
          [t('shell.pages.settings'), '/settings'],
          ...(isSingle ? [] : ([[title, `/settings/${plural}`]] as const)),
        ]}
        lead={
          data == null ? (
            t('settings.undeclared')
          ) : (
            <Text span size="sm">
              {t('editor.version', { version: data.version })} <Time at={data.updatedAt} />
            </Text>
          )
        }
        actions={
          data != null &&
          mayWrite && (
            <Button variant="default" onClick={() => setRemoving(true)}>
              {t(isSingle ? 'settings.reset' : 'common.delete')}
            </Button>
          )
        }
      />
      <ResourceEditor
        key={data?.version ?? 'new'}
        plural={plural}
        initial={data?.spec ?? {}}
        {...(isNew ? {} : { name })}
        readOnly={!mayWrite}
        onSaved={(saved) => void navigate({ to: `/settings/${plural}/${saved}` })}
      />
      <Confirm
        opened={removing}
        onClose={() => setRemoving(false)}
        title={t('editor.deleteTitle', { name: title })}
        action={t(isSingle ? 'settings.reset' : 'common.delete')}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        {t('settings.resetText')}
      </Confirm>
    </>
  );
}
