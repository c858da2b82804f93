import type { ItemOf } from '@gatehouse/sdk/admin';
import { Text } from '@mantine/core';
import { IconDevices, IconLogout, IconUserX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { MoreMenu } from '../../parts/more-menu.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { useProofs } from '../../parts/proofs.ts';
import { SearchBox } from '../../parts/search-box.tsx';
import { Time } from '../../parts/time.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useFilters } from '../../parts/use-filters.ts';
import type { Column } from '../../table/column.ts';
import { DataTable } from '../../table/data-table.tsx';
import { TableBar } from '../../table/table-bar.tsx';
import { deviceOf } from './device-of.ts';
import { EndEverybody } from './end-everybody.tsx';
import { words } from './words.ts';

type Session = ItemOf<'/api/v1/sessions'>;
interface Ending {
  session: Session;
  /** All of this person's. */
  all: boolean;
}

const ONE = '/api/v1/users/{id}/sessions/{sessionId}/end';
const ALL = '/api/v1/users/{id}/sessions/end';

/** Everybody who is signed in, anywhere, newest first. */
export function SessionsScreen() {
  const { t } = useTranslation();
  const { everySession: say } = useWords(words);
  const { may } = useMe();
  const filters = useFilters();
  const [ending, setEnding] = useState<Ending>();
  const list = useList('/api/v1/sessions', { filters: { search: filters.get('search') } });
  const which = ({ session: { id, user }, all }: Ending) => ({
    path: all ? ALL : ONE,
    params: all ? { id: user.id } : { id: user.id, sessionId: id },
  });
  const titleOf = ({ session: { user }, all }: Ending) =>
    t(all ? 'people.sessions.endAllOf' : 'people.sessions.endOneOf', { name: user.name });
  const end = useAction({
    run: (which_: Ending) => api.raw('post', which(which_).path, { params: which(which_).params }),
    done: () => t('people.sessions.ended'),
    interrupted: (asked) => ({ label: titleOf(asked), method: 'post', ...which(asked) }),
  });
  const columns = useColumns(may('sessions:write') ? setEnding : undefined);
  return (
    <>
      <PageHead title={t('shell.pages.sessions')} lead={say.lead} actions={<EndEverybody />} />
      <Card flush>
        <TableBar>
          <SearchBox
            label={t('people.search')}
            value={filters.get('search')}
            onChange={(search) => filters.set({ search })}
          />
        </TableBar>
        <DataTable
          label={t('shell.pages.sessions')}
          list={list}
          columns={columns}
          idOf={({ id }) => id}
          to={({ user }) => `/users/${user.id}`}
          filters={filters}
          empty={<Blank icon={IconDevices} title={t('people.sessions.none')} />}
        />
      </Card>
      <Confirm
        opened={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={ending === undefined ? '' : titleOf(ending)}
        action={t('people.sessions.end')}
        onConfirm={() => {
          if (ending !== undefined) end.mutate(ending);
          setEnding(undefined);
        }}
      >
        {t('people.sessions.text')}
      </Confirm>
    </>
  );
}

function useColumns(onEnd: ((ending: Ending) => void) | undefined): Column<Session>[] {
  const { t } = useTranslation();
  const { everySession: say } = useWords(words);
  const proofs = useProofs();
  return [
    {
      name: 'person',
      title: say.person,
      grow: 2.6,
      value: ({ user }) => user.name,
      cell: ({ user }) => user.name,
    },
    {
      name: 'device',
      title: say.device,
      grow: 2.4,
      value: ({ userAgent }) => deviceOf(userAgent),
      cell: ({ userAgent, actorId }) =>
        actorId === null ? deviceOf(userAgent) : <Badge tone="warn">{say.acting}</Badge>,
    },
    {
      name: 'proof',
      title: say.proof,
      grow: 2.9,
      wide: true,
      value: ({ acr }) => acr,
      cell: ({ acr, amr }) => <Badge tone={acr === 'aal1' ? 'warn' : 'good'}>{proofs(amr) || acr}</Badge>,
    },
    {
      name: 'address',
      title: say.address,
      grow: 1.8,
      wide: true,
      value: ({ address }) => address,
      cell: ({ address, place }) => (
        <Text span size="sm">
          <code>{address}</code> {place?.country}
        </Text>
      ),
    },
    {
      name: 'since',
      title: say.since,
      grow: 2.1,
      wide: true,
      value: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      name: 'seen',
      title: say.seen,
      grow: 2.1,
      wide: true,
      value: ({ lastSeenAt }) => lastSeenAt,
      cell: ({ lastSeenAt }) => <Time at={lastSeenAt} />,
    },
    {
      name: 'actions',
      title: t('common.actions'),
      menu: true,
      align: 'right',
      cell: (session) =>
        onEnd !== undefined && (
          <MoreMenu
            actions={[
              { label: t('people.sessions.end'), icon: IconLogout, onClick: () => onEnd({ session, all: false }) },
              {
                label: say.endAll,
                icon: IconUserX,
                harmful: true,
                onClick: () => onEnd({ session, all: true }),
              },
            ]}
          />
        ),
    },
  ];
}
