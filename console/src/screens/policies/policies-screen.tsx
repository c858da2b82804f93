import type { ItemOf } from '@gatehouse/sdk/admin';
import { Anchor, Button } from '@mantine/core';
import { IconGavel, IconHistory, IconPlus, IconSchema } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Time } from '../../parts/time.tsx';
import type { Column } from '../../table/column.ts';
import { DataTable } from '../../table/data-table.tsx';
import { NewPolicy } from './new-policy.tsx';
import { policyWords } from './words.ts';

type Policy = ItemOf<'/api/v1/policies'>;

export function PoliciesScreen() {
  const words = useWords(policyWords);
  const me = useMe();
  const [isNew, beginNew] = useState(false);
  const list = useList('/api/v1/policies');
  const columns: Column<Policy>[] = [
    { name: 'name', title: words.name, grow: 2, cell: ({ name }) => name, value: ({ name }) => name },
    { name: 'description', title: words.description, grow: 4, wide: true, cell: ({ spec }) => spec.description ?? '—' },
    {
      name: 'state',
      title: words.state,
      grow: 1.4,
      cell: ({ spec }) => (
        <Badge tone={spec.mode === 'shadow' ? 'warn' : 'good'}>
          {spec.mode === 'shadow' ? words.onTrial : words.inForce}
        </Badge>
      ),
    },
    {
      name: 'changed',
      title: words.changed,
      grow: 1.4,
      wide: true,
      align: 'right',
      cell: ({ updatedAt }) => <Time at={updatedAt} />,
      value: ({ updatedAt }) => updatedAt,
    },
  ];
  const create = me.mayInTenant('policies:write') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => beginNew(true)}>
      {words.newPolicy}
    </Button>
  );
  return (
    <>
      <PageHead
        title={words.title}
        lead={words.lead}
        actions={
          <>
            {me.mayInTenant('policy_schemas:read') && (
              <Button
                component={Link}
                to="/policy-schema"
                variant="default"
                leftSection={<IconSchema size={16} aria-hidden />}
              >
                {words.schema}
              </Button>
            )}
            <Button
              component={Link}
              to="/policy-versions"
              variant="default"
              leftSection={<IconHistory size={16} aria-hidden />}
            >
              {words.versions}
            </Button>
            {create}
          </>
        }
      />
      <Card flush>
        <DataTable
          label={words.table}
          list={list}
          columns={columns}
          idOf={({ name }) => name}
          to={({ name }) => `/policies/${name}`}
          empty={
            <Blank
              title={words.emptyTitle}
              icon={IconGavel}
              actions={
                <>
                  <Anchor href="/docs/guides/policies" size="sm">
                    {words.readGuide}
                  </Anchor>
                  {create}
                </>
              }
            >
              {words.emptyText}
            </Blank>
          }
        />
      </Card>
      <NewPolicy opened={isNew} onClose={() => beginNew(false)} />
    </>
  );
}
