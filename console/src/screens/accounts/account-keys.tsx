import { Button, Group, Loader, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import { Rows } from '../../parts/rows.tsx';
import { Time } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { IssueKey } from '../keys/issue-key.tsx';
import { KeyStateBadge } from '../keys/key-state.tsx';
import type { Account } from './accounts-screen.tsx';
import { words } from './words.ts';

/** What the program calls with. */
export function AccountKeys({ account: { id, organizationId } }: { account: Account }) {
  const { t } = useTranslation();
  const say = useWords(words);
  const me = useMe();
  const [issuing, { open, close }] = useDisclosure();
  const mayRead = me.may('keys:read');
  const { data, isPending, hasNextPage, fetchNextPage } = useList('/api/v1/service-accounts/{id}/keys', {
    params: { id },
    enabled: mayRead,
  });
  if (!mayRead) return null;
  const mayIssue = me.may('keys:write');
  return (
    <Card
      title={say.keys}
      lead={say.keysLead}
      actions={
        mayIssue && (
          <Button size="xs" leftSection={<IconPlus size={14} />} onClick={open}>
            {t('keys.issue.open')}
          </Button>
        )
      }
    >
      {isPending && <Loader size="sm" />}
      {data !== undefined && (
        <Rows empty={say.noKeys}>
          {data.pages.flatMap(({ items }) =>
            items.map((key) => (
              <Group key={key.id} justify="space-between" wrap="nowrap">
                <div>
                  <Text size="sm" fw={550} component={Link} to={`/keys/${key.id}`}>
                    {key.name}
                  </Text>{' '}
                  {key.scopes.length + key.roles.length > 0 && (
                    <Words words={[...key.scopes, ...key.roles]} shown={3} />
                  )}
                  <Text size="xs" c="dimmed">
                    <code>{key.display}</code> · {t('keys.lastUse')} <Time at={key.lastUse?.at} />
                  </Text>
                </div>
                <KeyStateBadge apiKey={key} />
              </Group>
            )),
          )}
        </Rows>
      )}
      {hasNextPage && (
        <Button mt="sm" variant="default" size="xs" onClick={() => void fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
      {mayIssue && (
        <IssueKey
          opened={issuing}
          onClose={close}
          owner={{ type: 'service_account', id }}
          organization={me.organizationId === undefined ? (organizationId ?? undefined) : undefined}
        />
      )}
    </Card>
  );
}
