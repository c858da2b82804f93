import { Button, Text } from '@mantine/core';
import { IconFileImport, IconPlus, IconStack2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { kindPath } from '../../api/admin.ts';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { Time } from '../../parts/time.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import type { Column } from '../../table/column.ts';
import { DataTable } from '../../table/data-table.tsx';
import { ExportMenu } from '../../table/export-menu.tsx';
import { TableBar } from '../../table/table-bar.tsx';
import { type AnyResource, NEW_NAME, type ResourceKind, text } from './resource-kind.ts';

/** What an import writes. */
const IMPORT_PERMISSIONS = ['api_documents:write', 'routes:write', 'resources:write'];

const DESCRIPTION = { name: 'description', value: ({ spec }: AnyResource) => text(spec.description) };

/** The list of one kind of resource. */
export const resourcesScreen = (kind: ResourceKind) => () => <Resources kind={kind} />;

function Resources({ kind }: { kind: ResourceKind }) {
  const { t } = useTranslation();
  const { may } = useMe();
  const { plural, page, path } = kind;
  const title = t(`shell.pages.${page}`);
  const filters = useFilters();
  const input = { filters: { search: filters.get('search') } };
  const list = useList(kindPath(plural), input);
  const isEmpty = filters.isEmpty && (list.data?.pages[0]?.items.length ?? 0) === 0;
  const columns: Column<AnyResource>[] = [
    {
      name: 'name',
      title: t('common.name'),
      grow: 3,
      value: ({ name }) => name,
      cell: ({ name, builtIn, spec }) => (
        <>
          {name}{' '}
          {(builtIn || spec.enabled === false) && (
            <Text span size="xs" c="dimmed" ml={8}>
              {t(builtIn ? 'common.builtIn' : 'resources.disabled')}
            </Text>
          )}
        </>
      ),
    },
    ...kind.columns((name) => t(`resources.columns.${name}`)),
    {
      name: 'updated',
      title: t('common.updated'),
      grow: 2,
      wide: true,
      value: ({ updatedAt }) => updatedAt,
      cell: ({ updatedAt, builtIn }) => (builtIn ? '' : <Time at={updatedAt} />),
    },
  ];
  // What a kind is for is wanted in a file, also where the screen has no room for it.
  const isDescribed = columns.some(({ name }) => name === 'description');
  const exported = isDescribed ? columns : [...columns, DESCRIPTION];
  const create = may(`${plural}:write`) && may('resources:write') && (
    <Button component={Link} to={`${path}/${NEW_NAME}`} leftSection={<IconPlus size={16} />}>
      {t(`resources.${kind.plural as 'routes'}.create`)}
    </Button>
  );
  const isImported = kind.isImported && IMPORT_PERMISSIONS.every(may) && (
    <Button component={Link} to="/openapi" variant="default" leftSection={<IconFileImport size={16} stroke={1.75} />}>
      {t('resources.importOpenApi')}
    </Button>
  );
  const actions = (
    <>
      {isImported}
      {create}
    </>
  );
  return (
    <>
      <PageHead title={title} lead={t(`resources.${kind.plural as 'routes'}.lead`)} actions={actions} />
      <Card flush>
        {!isEmpty && (
          <TableBar actions={<ExportMenu path={kindPath(plural)} input={input} columns={exported} fileName={plural} />}>
            <SearchBox
              label={t('resources.search')}
              value={filters.get('search')}
              onChange={(search) => filters.set({ search })}
            />
          </TableBar>
        )}
        <DataTable
          label={title}
          list={list as never}
          columns={columns}
          idOf={({ name }) => name}
          to={({ name }) => `${path}/${name}`}
          filters={filters}
          empty={
            <Blank icon={IconStack2} title={t(`resources.${kind.plural as 'routes'}.emptyTitle`)} actions={actions}>
              {t(`resources.${kind.plural as 'routes'}.emptyText`)}
            </Blank>
          }
        />
      </Card>
    </>
  );
}
