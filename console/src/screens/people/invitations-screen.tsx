import type { Invitation } from '@gatehouse/sdk/admin';
import { IconMailForward, IconRefresh, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { MoreMenu } from '../../parts/more-menu.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { useAction } from '../../parts/use-action.ts';
import type { Column } from '../../table/column.ts';
import { DataTable } from '../../table/data-table.tsx';
import { useUsualColumns } from '../../table/usual-columns.tsx';
import { InviteButton } from './invite.tsx';

const TONES: Record<Invitation['status'], Tone> = {
  open: 'accent',
  accepted: 'good',
  revoked: 'bad',
  expired: 'quiet',
};

export function InvitationsScreen() {
  const { t } = useTranslation();
  const { may } = useMe();
  const [revoking, setRevoking] = useState<Invitation>();
  const list = useList('/api/v1/invitations');
  const revoke = useAction({
    run: (id: string) => api.post('/api/v1/invitations/{id}/revoke', { params: { id } }),
    done: () => t('people.invite.revoked'),
  });
  const resend = useAction({
    run: (id: string) => api.post('/api/v1/invitations/{id}/resend', { params: { id } }),
    done: () => t('people.invite.resent'),
  });
  const usual = useUsualColumns<Invitation>();
  const columns: Column<Invitation>[] = [
    usual.text('email'),
    usual.roles(({ roles }) => roles),
    usual.time('createdAt'),
    usual.time('expiresAt'),
    {
      name: 'status',
      title: t('common.status'),
      grow: 1.8,
      value: ({ status }) => status,
      cell: ({ status }) => <Badge tone={TONES[status]}>{t(`people.invitationStates.${status}`)}</Badge>,
    },
    {
      name: 'actions',
      title: t('common.actions'),
      menu: true,
      align: 'right',
      cell: (invitation) =>
        may('invitations:write') &&
        invitation.status === 'open' && (
          <MoreMenu
            actions={[
              { label: t('people.invite.resend'), icon: IconRefresh, onClick: () => resend.mutate(invitation.id) },
              { label: t('people.invite.revoke'), icon: IconX, harmful: true, onClick: () => setRevoking(invitation) },
            ]}
          />
        ),
    },
  ];
  return (
    <>
      <PageHead title={t('shell.pages.invitations')} lead={t('people.invite.lead')} actions={<InviteButton />} />
      <Card flush>
        <DataTable
          label={t('shell.pages.invitations')}
          list={list}
          columns={columns}
          idOf={({ id }) => id}
          empty={
            <Blank icon={IconMailForward} title={t('people.invite.emptyTitle')} actions={<InviteButton />}>
              {t('people.invite.text')}
            </Blank>
          }
        />
      </Card>
      <Confirm
        opened={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={t('people.invite.revokeTitle', { email: revoking?.email ?? '' })}
        action={t('people.invite.revoke')}
        onConfirm={() => {
          if (revoking !== undefined) revoke.mutate(revoking.id);
          setRevoking(undefined);
        }}
      >
        {t('people.invite.revokeText')}
      </Confirm>
    </>
  );
}
