import { Button } from '@mantine/core';
import { IconPlus, IconSettings } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { kindPath } from '../../api/admin.ts';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { described } from '../../editor/described.tsx';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import type { Column } from '../../table/column.ts';
import { DataTable } from '../../table/data-table.tsx';
import { useUsualColumns } from '../../table/usual-columns.tsx';
import { type AnyResource, NEW_NAME, text } from '../resources/resource-kind.ts';
import { useKinds } from '../resources/use-kind.ts';

/** The list of one kind of setting. */
export function KindScreen() {
  const { t } = useTranslation();
  const { may } = useMe();
  const { plural = '' } = useParams({ strict: false });
  const list = useList(kindPath(plural));
  const kinds = useKinds();
  const kind = kinds?.find((each) => each.plural === plural);
  const title = t(`settings.kinds.${plural as 'brandings'}`);
  const create = may(`${plural}:write`) && may('resources:write') && (
    <Button component={Link} to={`/settings/${plural}/${NEW_NAME}`} leftSection={<IconPlus size={16} />}>
      {t('common.create')}
    </Button>
  );
  const usual = useUsualColumns<AnyResource>();
  const columns: Column<AnyResource>[] = [
    usual.text('name', { grow: 3 }),
    {
      name: 'description',
      title: t('common.description'),
      grow: 4,
      value: ({ spec }) => text(spec.description),
      cell: ({ spec }) => text(spec.description),
    },
    usual.time('updatedAt'),
  ];
  if (kinds !== undefined && kind === undefined)
    return <UnreadPage within={[t('shell.pages.settings'), '/settings']} />;
  return (
    <>
      <PageHead
        title={title}
        lead={described(kind?.description)}
        within={[[t('shell.pages.settings'), '/settings']]}
        actions={create}
      />
      <Card flush>
        <DataTable
          label={title}
          list={list as never}
          columns={columns}
          idOf={({ name }) => name}
          to={({ name }) => `/settings/${plural}/${name}`}
          empty={
            <Blank icon={IconSettings} title={t('settings.emptyTitle')} actions={create}>
              {described(kind?.description)}
            </Blank>
          }
        />
      </Card>
    </>
  );
}
