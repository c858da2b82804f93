import type { Key } from '@gatehouse/sdk/admin';
import { Button, Loader, SimpleGrid } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconLock, IconLockOpen, IconPencil, IconRefresh } from '@tabler/icons-react';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList, useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Card } from '../../parts/card.tsx';
import { Facts } from '../../parts/facts.tsx';
import { MoreMenu } from '../../parts/more-menu.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { PrincipalName } from '../../parts/principal-name.tsx';
import { Time } from '../../parts/time.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { Words } from '../../parts/words.tsx';
import { EditKey } from './edit-key.tsx';
import { EndKey, type EndKeyWay } from './end-key.tsx';
import { KeyStateBadge, stateOf } from './key-state.tsx';
import { Overlap } from './overlap.tsx';
import { RotateKey } from './rotate-key.tsx';
import { UsageCard } from './usage-card.tsx';

export function KeyScreen() {
  const { t } = useTranslation();
  const { id = '' } = useParams({ strict: false });
  const { data, error, refetch } = useRead('/api/v1/keys/{id}', { params: { id } });
  if (error !== null)
    return <UnreadPage problem={error} within={[t('shell.pages.keys'), '/keys']} onRetry={() => void refetch()} />;
  return data === undefined ? <Loader size="sm" /> : <KeyDetail apiKey={data} />;
}

function KeyDetail({ apiKey }: { apiKey: Key }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<EndKeyWay | 'rotate' | 'edit'>();
  const close = () => setDialog(undefined);
  const state = stateOf(apiKey);
  const isLive = state === 'active' || state === 'ending' || state === 'quarantined';
  const mayWrite = me.may('keys:write') && isLive;
  return (
    <>
      <PageHead
        title={apiKey.name}
        within={[[t('shell.pages.keys'), '/keys']]}
        aside={<KeyStateBadge apiKey={apiKey} />}
        lead={apiKey.description ?? undefined}
        actions={
          mayWrite && (
            <>
              <MoreMenu
                actions={[
                  { label: t('common.edit'), icon: IconPencil, onClick: () => setDialog('edit') },
                  {
                    label: t('keys.quarantine.open'),
                    icon: IconLock,
                    onClick: () => setDialog('quarantine'),
                    hidden: state === 'quarantined',
                  },
                  {
                    label: t('keys.rotate.open'),
                    icon: IconRefresh,
                    onClick: () => setDialog('rotate'),
                    hidden: state !== 'quarantined' || apiKey.replacedBy !== null,
                  },
                  {
                    label: t('keys.breach.open'),
                    icon: IconAlertTriangle,
                    harmful: true,
                    onClick: () => void navigate({ to: '/keys/breach', search: { key: apiKey.id } as never }),
                  },
                ]}
              />
              <Button variant="default" leftSection={<IconBan size={16} />} onClick={() => setDialog('revoke')}>
                {t('keys.revoke.open')}
              </Button>
              {state === 'quarantined' && (
                <Button leftSection={<IconLockOpen size={16} />} onClick={() => setDialog('release')}>
                  {t('keys.release.open')}
                </Button>
              )}
              {apiKey.replacedBy === null && state === 'active' && (
                <Button leftSection={<IconRefresh size={16} />} onClick={() => setDialog('rotate')}>
                  {t('keys.rotate.open')}
                </Button>
              )}
            </>
          )
        }
      />
      <Overlap apiKey={apiKey} />
      <UsageCard id={apiKey.id} />
      <SimpleGrid cols={{ base: 1, md: 2 }} mt="lg" spacing="lg">
        <Card title={t('keys.aboutTitle')}>
          <About apiKey={apiKey} />
        </Card>
        <Card title={t('keys.mayDo')}>
          <Facts
            facts={[
              [t('keys.scopes'), <Words key="s" words={apiKey.scopes} shown={SHOWN} opens />],
              [t('keys.roles'), <Words key="r" words={apiKey.roles} shown={SHOWN} opens />],
              [t('keys.plan'), apiKey.plan && <PlanName key="p" name={apiKey.plan} />],
              [t('keys.addresses'), places(apiKey.restrictions.addresses)],
              [t('keys.apis'), places(apiKey.restrictions.apis)],
              [t('keys.routes'), places(apiKey.restrictions.routes)],
            ]}
          />
        </Card>
      </SimpleGrid>
      <RotateKey apiKey={apiKey} opened={dialog === 'rotate'} onClose={close} />
      <EditKey apiKey={apiKey} opened={dialog === 'edit'} onClose={close} />
      {(dialog === 'revoke' || dialog === 'quarantine' || dialog === 'release') && (
        <EndKey apiKey={apiKey} way={dialog} onClose={close} />
      )}
    </>
  );
}

/** Of a long list; the rest is opened. */
const SHOWN = 12;

const places = (names: readonly string[] | undefined) => names && <Words words={names} shown={SHOWN} opens />;

function PlanName({ name }: { name: string }) {
  return useMe().mayInTenant('plans:read') ? <Link to={`/plans/${name}`}>{name}</Link> : name;
}

/** By its name, where that may be read. */
function OrganizationName({ id }: { id: string }) {
  const { mayInTenant } = useMe();
  const { data } = useList('/api/v1/organizations', { enabled: mayInTenant('organizations:read') });
  const found = data?.pages.flatMap(({ items }) => items).find((organization) => organization.id === id);
  if (found === undefined) return <code>{id}</code>;
  return <Link to={`/organizations/${found.name}`}>{found.spec.displayName}</Link>;
}

function About({ apiKey }: { apiKey: Key }) {
  const { t } = useTranslation();
  const { owner, organizationId, lastUse, revokedAt, quarantinedAt } = apiKey;
  return (
    <Facts
      facts={[
        [t('keys.key'), <code key="d">{apiKey.display}</code>],
        [t('common.id'), <code key="i">{apiKey.id}</code>],
        [t('keys.environment'), t(`keys.${apiKey.environment}`)],
        [t('keys.owner'), owner && <PrincipalName key="o" id={owner.id} />],
        [t('keys.issue.organization'), organizationId && <OrganizationName key="g" id={organizationId} />],
        [t('common.created'), <Time key="c" at={apiKey.createdAt} />],
        [t('keys.createdBy'), <PrincipalName key="b" id={apiKey.createdBy} />],
        [t('common.expires'), <Time key="e" at={apiKey.expiresAt} />],
        [
          t('keys.lastUse'),
          lastUse === null ? (
            t('common.never')
          ) : (
            <span key="l">
              <Time at={lastUse.at} />, {lastUse.route === '' ? t('keys.elsewhere') : lastUse.route},{' '}
              <code>{lastUse.address}</code>
            </span>
          ),
        ],
        [t('keys.tags'), apiKey.tags.length > 0 && <Words words={apiKey.tags} shown={SHOWN} opens />],
        [t('keys.contact'), apiKey.contactEmail],
        [t('keys.states.revoked'), revokedAt !== null && <Time at={revokedAt} />],
        [t('keys.states.quarantined'), quarantinedAt !== null && <Time at={quarantinedAt} />],
        [t('common.reason'), apiKey.revokeReason ?? apiKey.quarantineReason],
      ]}
    />
  );
}
