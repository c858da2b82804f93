import type { Key } from '@gatehouse/sdk/admin';
import { Anchor, Button, Group, Loader, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Time } from '../../parts/time.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import { Words } from '../../parts/words.tsx';
import { EndKey } from '../keys/end-key.tsx';
import { KeyStateBadge, stateOf } from '../keys/key-state.tsx';
import { RotateKey } from '../keys/rotate-key.tsx';
import { UsageCard } from '../keys/usage-card.tsx';
import { AppWebhooks } from './app-webhooks.tsx';
import { useApps } from './apps.ts';
import { GetKey } from './get-key.tsx';
import classes from './portal.module.css';
import { portalWords } from './words.ts';

/** One app: its keys, and what each of them did. */
export function AppScreen() {
  const words = useWords(portalWords);
  const me = useMe();
  const filters = useFilters();
  const { app = '' } = useParams({ strict: false }) as { app?: string };
  const [isGetting, get] = useState(false);
  const { apps, list } = useApps();
  const keys = apps.find(({ name }) => name === app)?.keys ?? [];
  if (list.error !== null) return <UnreadPage problem={list.error} within={[words.title, '/portal']} />;
  if (list.data === undefined) return <Loader size="sm" />;
  if (keys.length === 0) return <UnreadPage within={[words.title, '/portal']} />;
  const shown = keys.find(({ id }) => id === filters.get('key')) ?? keys.find((key) => stateOf(key) === 'active');
  return (
    <>
      <PageHead
        title={app}
        within={[[words.title, '/portal']]}
        actions={
          me.may('keys:write') && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => get(true)}>
              {words.newKey}
            </Button>
          )
        }
      />
      <Card flush title={words.keys} lead={words.keysLead}>
        {keys.length === 0 && (
          <Text size="sm" p="lg">
            {words.noKeys}
          </Text>
        )}
        <ul className={classes.keys}>
          {keys.map((key) => (
            <AppKey
              key={key.id}
              apiKey={key}
              isShown={key.id === shown?.id}
              onShow={() => filters.set({ key: key.id })}
            />
          ))}
        </ul>
      </Card>
      {shown !== undefined && (
        <>
          <UsageCard id={shown.id} />
          {me.may('access_records:read') && (
            <Anchor
              component={Link}
              to="/requests"
              search={{ credentialId: shown.id } as never}
              size="sm"
              my="md"
              display="inline-block"
            >
              {words.calls}
            </Anchor>
          )}
        </>
      )}
      <AppWebhooks app={app} />
      <GetKey opened={isGetting} onClose={() => get(false)} app={app} />
    </>
  );
}

function AppKey({ apiKey, isShown, onShow }: { apiKey: Key; isShown: boolean; onShow: () => void }) {
  const words = useWords(portalWords);
  const me = useMe();
  const [asked, ask] = useState<'rotate' | 'revoke'>();
  const { name, display, environment, scopes, plan, expiresAt, lastUse } = apiKey;
  const isEnded = ['revoked', 'expired'].includes(stateOf(apiKey));
  return (
    <li className={classes.key} data-shown={isShown}>
      <div className={classes.keyWords}>
        <Group gap="xs">
          <Anchor component="button" fw={600} size="sm" onClick={onShow} aria-pressed={isShown}>
            {name}
          </Anchor>
          <Badge tone={environment === 'live' ? 'accent' : 'quiet'}>
            {environment === 'live' ? words.live : words.test}
          </Badge>
          <KeyStateBadge apiKey={apiKey} />
        </Group>
        <Text size="xs" c="dimmed" className="mono" mt={2}>
          {display}
        </Text>
        <Words words={scopes} />
        <Text size="xs" c="dimmed" mt={4}>
          {plan === null ? words.noLimit : words.limit(plan)} ·{' '}
          {lastUse === null ? (
            words.neverUsed
          ) : (
            <>
              {words.lastUsed} <Time at={lastUse.at} />
            </>
          )}
          {expiresAt !== null && (
            <>
              {' · '}
              {words.expires} <Time at={expiresAt} />
            </>
          )}
        </Text>
      </div>
      {me.may('keys:write') && !isEnded && (
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={() => ask('rotate')}>
            {words.rotate}
          </Button>
          <Button size="compact-sm" variant="subtle" color="red" onClick={() => ask('revoke')}>
            {words.revoke}
          </Button>
        </Group>
      )}
      <RotateKey apiKey={apiKey} opened={asked === 'rotate'} onClose={() => ask(undefined)} />
      {asked === 'revoke' && <EndKey apiKey={apiKey} way="revoke" onClose={() => ask(undefined)} />}
    </li>
  );
}
