import type { Key } from '@gatehouse/sdk/admin';
import { Button, Group, Select, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconKey, IconPlus, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { withShownKeys } from '../../parts/shown-key.ts';
import { Time } from '../../parts/time.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import { Words } from '../../parts/words.tsx';
import type { Column } from '../../table/column.ts';
import { DataTable } from '../../table/data-table.tsx';
import { ExportMenu } from '../../table/export-menu.tsx';
import { TableBar } from '../../table/table-bar.tsx';
import { useUsualColumns } from '../../table/usual-columns.tsx';
import { IssueKey } from './issue-key.tsx';
import { KeyStateBadge, stateOf } from './key-state.tsx';
import { usageOfMonth } from './usage-export.ts';

/** As the Admin API asks for them. */
const STATES = ['active', 'rotated', 'expired', 'quarantined', 'revoked'] as const;
const WORD_OF_STATE = {
  active: 'active',
  rotated: 'ending',
  expired: 'expired',
  quarantined: 'quarantined',
  revoked: 'revoked',
} as const;

const UNUSED_DAYS = ['7', '30', '90', '180', '365'];

/** An address may ask for more than the list offers. */
const withCurrent = (offered: string[], current: string): string[] =>
  current === '' || offered.includes(current) ? offered : [...offered, current];

export function KeysScreen() {
  const { t } = useTranslation();
  const me = useMe();
  const filters = useFilters();
  const [issuing, { open, close }] = useDisclosure(filters.get('new') === '1');
  const unusedForDays = filters.get('unused');
  const tag = filters.get('tag');
  const plan = filters.get('plan');
  const input = {
    filters: {
      search: filters.get('search'),
      state: filters.get('state'),
      environment: filters.get('environment'),
      tag,
      plan,
      ownerId: filters.get('owner'),
      unusedForDays,
    },
  };
  const list = useList('/api/v1/keys', input);
  const columns = useColumns();
  const mayWrite = me.may('keys:write');
  return (
    <>
      <PageHead
        title={t('shell.pages.keys')}
        lead={t('keys.lead')}
        actions={
          mayWrite && (
            <>
              <Button
                component={Link}
                to="/keys/breach"
                variant="default"
                leftSection={<IconAlertTriangle size={16} stroke={1.75} />}
              >
                {t('keys.breach.open')}
              </Button>
              <Button onClick={open} leftSection={<IconPlus size={16} />}>
                {t('keys.issue.open')}
              </Button>
            </>
          )
        }
      />
      <Card flush>
        <TableBar
          actions={
            <ExportMenu
              path="/api/v1/keys"
              input={input}
              columns={columns}
              fileName="api-keys"
              others={[
                { ...usageOfMonth(1), label: t('keys.usage.exportLast') },
                { ...usageOfMonth(0), label: t('keys.usage.exportThis') },
              ]}
            />
          }
        >
          <SearchBox
            label={t('keys.search')}
            value={filters.get('search')}
            onChange={(search) => filters.set({ search: withShownKeys(search) })}
          />
          {tag !== '' && (
            <Button
              variant="default"
              rightSection={<IconX size={14} aria-hidden />}
              aria-label={t('keys.anyTag', { tag })}
              onClick={() => filters.set({ tag: '' })}
            >
              {t('keys.withTag', { tag })}
            </Button>
          )}
          {plan !== '' && (
            <Button
              variant="default"
              rightSection={<IconX size={14} aria-hidden />}
              aria-label={t('keys.anyPlan', { plan })}
              onClick={() => filters.set({ plan: '' })}
            >
              {t('keys.onPlan', { plan })}
            </Button>
          )}
          <Select
            aria-label={t('common.status')}
            placeholder={t('common.status')}
            w={150}
            clearable
            data={STATES.map((state) => ({ value: state, label: t(`keys.states.${WORD_OF_STATE[state]}`) }))}
            value={filters.get('state') || null}
            onChange={(state) => filters.set({ state: state ?? '' })}
          />
          <Select
            aria-label={t('keys.environment')}
            placeholder={t('keys.environment')}
            w={150}
            clearable
            data={[
              { value: 'live', label: t('keys.live') },
              { value: 'test', label: t('keys.test') },
            ]}
            value={filters.get('environment') || null}
            onChange={(environment) => filters.set({ environment: environment ?? '' })}
          />
          <Select
            aria-label={t('keys.unused')}
            placeholder={t('keys.unused')}
            w={210}
            clearable
            data={withCurrent(UNUSED_DAYS, unusedForDays).map((days) => ({
              value: days,
              label: t('keys.unusedFor', { days }),
            }))}
            value={unusedForDays || null}
            onChange={(unused) => filters.set({ unused: unused ?? '' })}
          />
        </TableBar>
        <DataTable
          label={t('shell.pages.keys')}
          list={list}
          columns={columns}
          idOf={({ id }) => id}
          to={({ id }) => `/keys/${id}`}
          filters={filters}
          empty={
            <Blank
              icon={IconKey}
              title={t('keys.emptyTitle')}
              actions={mayWrite && <Button onClick={open}>{t('keys.issue.open')}</Button>}
            >
              {t('keys.emptyText')}
            </Blank>
          }
        />
      </Card>
      {mayWrite && <IssueKey opened={issuing} onClose={close} />}
    </>
  );
}

function useColumns(): Column<Key>[] {
  const { t } = useTranslation();
  const usual = useUsualColumns<Key>();
  return [
    usual.text('name'),
    {
      name: 'key',
      title: t('keys.key'),
      grow: 2.4,
      wide: true,
      value: ({ display }) => display,
      cell: ({ display, environment }) => (
        <Group gap={6} wrap="nowrap">
          <code>{display}</code>
          {environment === 'test' && (
            <Text span size="xs" c="dimmed">
              {t('keys.test')}
            </Text>
          )}
        </Group>
      ),
    },
    {
      name: 'scopes',
      title: t('keys.mayDo'),
      grow: 2.6,
      wide: true,
      value: ({ scopes, roles }) => [...scopes, ...roles].join(' '),
      cell: ({ scopes, roles }) => <Words words={[...scopes, ...roles]} shown={2} />,
    },
    {
      name: 'lastUse',
      title: t('keys.lastUse'),
      grow: 1.6,
      wide: true,
      value: ({ lastUse }) => lastUse?.at,
      cell: ({ lastUse }) => <Time at={lastUse?.at} />,
    },
    usual.time('expiresAt'),
    {
      name: 'status',
      title: t('common.status'),
      grow: 2.2,
      value: (key) => stateOf(key),
      cell: (key) => <KeyStateBadge apiKey={key} />,
    },
  ];
}
