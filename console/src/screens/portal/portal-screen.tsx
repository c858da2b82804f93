import { Anchor, Button, Group, Loader, Text } from '@mantine/core';
import { IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { useApps } from './apps.ts';
import { GetKey } from './get-key.tsx';
import classes from './portal.module.css';
import { Reference } from './reference.tsx';
import { portalWords } from './words.ts';

/** The apps of the organization that the person acts in. */
export function PortalScreen() {
  const words = useWords(portalWords);
  const me = useMe();
  const navigate = useNavigate();
  const [isNew, beginNew] = useState(false);
  const { apps, list } = useApps();
  const register = me.may('keys:write') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => beginNew(true)}>
      {words.register}
    </Button>
  );
  return (
    <>
      <PageHead title={words.title} lead={words.lead} actions={register} />
      {list.error !== null && <ProblemNote problem={list.error} />}
      {list.isPending && <Loader size="sm" />}
      {list.data !== undefined && apps.length === 0 && (
        <Card>
          <Blank title={words.emptyTitle} icon={IconPlugConnected} actions={register}>
            {words.emptyText}
          </Blank>
        </Card>
      )}
      <ul className={classes.apps} aria-label={words.apps}>
        {apps.map(({ name, keys, live, test, lastUsedAt }) => (
          <li key={name} className={classes.app}>
            <Anchor component={Link} to={`/portal/${name}`} fw={600} className={classes.appName ?? ''}>
              {name}
            </Anchor>
            <Group gap={6} mt={8}>
              {live > 0 && <Badge tone="accent">{`${words.live} · ${live}`}</Badge>}
              {test > 0 && <Badge>{`${words.test} · ${test}`}</Badge>}
              {live + test === 0 && <Badge tone="warn">{words.noneWorks(keys.length)}</Badge>}
            </Group>
            <Text size="xs" c="dimmed" mt="auto" pt="sm">
              {lastUsedAt === undefined ? (
                words.neverUsed
              ) : (
                <>
                  {words.lastUsed} <Time at={lastUsedAt} />
                </>
              )}
            </Text>
          </li>
        ))}
      </ul>
      <Reference />
      <GetKey
        opened={isNew}
        app={undefined}
        onClose={(app) => {
          beginNew(false);
          if (app !== undefined) void navigate({ to: `/portal/${app}`, ignoreBlocker: true });
        }}
      />
    </>
  );
}
