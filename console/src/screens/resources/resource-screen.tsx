import { Loader, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useNavigate, useParams } from '@tanstack/react-router';
import { type ComponentType, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Badge } from '../../parts/badge.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { MoreMenu } from '../../parts/more-menu.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Time } from '../../parts/time.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useAction } from '../../parts/use-action.ts';
import { ResourceEditor } from './resource-editor.tsx';
import type { AnyResource, ResourceKind } from './resource-kind.ts';

/** What stands above the settings of a resource: what hangs on it besides. */
export type ResourceExtra = ComponentType<{ resource: AnyResource }>;

/** One resource of a kind, at `<path>/$name`; at `<path>/_new` one that is yet to be. */
export const resourceScreen = (kind: ResourceKind, Extra?: ResourceExtra) => () => {
  const { name = '' } = useParams({ strict: false });
  return <ExistingResource key={name} kind={kind} name={name} Extra={Extra} />;
};

export const newResourceScreen = (kind: ResourceKind) => () => <NewResource kind={kind} />;

function NewResource({ kind }: { kind: ResourceKind }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <>
      <PageHead
        title={t(`resources.${kind.plural as 'routes'}.create`)}
        within={[[t(`shell.pages.${kind.page}`), kind.path]]}
      />
      <ResourceEditor
        plural={kind.plural}
        initial={kind.template}
        onSaved={(name) => void navigate({ to: `${kind.path}/${name}` })}
      />
    </>
  );
}

function ExistingResource(props: { kind: ResourceKind; name: string; Extra: ResourceExtra | undefined }) {
  const { kind, name, Extra } = props;
  const { t } = useTranslation();
  const { may } = useMe();
  const [deleting, setDeleting] = useState(false);
  const { data, error, refetch } = useRead(`/api/v1/${kind.plural}/{name}` as '/api/v1/routes/{name}', {
    params: { name },
  });
  if (error !== null)
    return (
      <UnreadPage problem={error} within={[t(`shell.pages.${kind.page}`), kind.path]} onRetry={() => void refetch()} />
    );
  if (data === undefined) return <Loader size="sm" />;
  const resource = data as unknown as AnyResource;
  const mayWrite = may(`${kind.plural}:write`) && !resource.builtIn;
  const { displayName } = resource.spec;
  const title = typeof displayName === 'string' && displayName !== '' ? displayName : name;
  return (
    <>
      <PageHead
        title={title}
        within={[[t(`shell.pages.${kind.page}`), kind.path]]}
        aside={resource.builtIn ? <Badge>{t('common.builtIn')}</Badge> : title !== name && <code>{name}</code>}
        lead={
          resource.builtIn ? (
            t('editor.builtInText')
          ) : (
            <Text span size="sm">
              {t('editor.version', { version: resource.version })} <Time at={resource.updatedAt} />
            </Text>
          )
        }
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
      {Extra !== undefined && <Extra resource={resource} />}
      <ResourceEditor
        // What is read anew after a change is what is edited from then on.
        key={resource.version}
        plural={kind.plural}
        initial={resource.spec}
        name={name}
        readOnly={!mayWrite || !may('resources:write')}
      />
      {deleting && <DeleteResource kind={kind} resource={resource} onClose={() => setDeleting(false)} />}
    </>
  );
}

function DeleteResource(props: { kind: ResourceKind; resource: AnyResource; onClose: () => void }) {
  const { kind, resource, onClose } = props;
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { name, spec } = resource;
  const path = `/api/v1/${kind.plural}/{name}`;
  const remove = useAction({
    run: () => api.raw('delete', path, { params: { name } }),
    done: () => t('editor.deleted', { name }),
    ...(kind.isLasting ? {} : { undo: () => api.raw('put', path, { params: { name }, body: { spec } }) }),
    onDone: () => void navigate({ to: kind.path }),
  });
  return (
    <Confirm
      opened
      onClose={onClose}
      title={t('editor.deleteTitle', { name })}
      action={t('common.delete')}
      busy={remove.isPending}
      {...(kind.isLasting ? { typed: name } : {})}
      onConfirm={() => remove.mutate()}
    >
      {t('editor.deleteText')} {kind.isLasting && t('common.cannotBeUndone')}
    </Confirm>
  );
}
