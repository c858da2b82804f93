import { Anchor, Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import { Rows } from '../../parts/rows.tsx';
import { Words } from '../../parts/words.tsx';
import { NewWebhook } from '../webhooks/new-webhook.tsx';
import { tagOf } from './apps.ts';
import { portalWords } from './words.ts';

/** Where the app is told what becomes of its keys. */
export function AppWebhooks({ app }: { app: string }) {
  const words = useWords(portalWords);
  const { may } = useMe();
  const [isAdding, { open, close }] = useDisclosure();
  const tag = tagOf(app);
  const { data } = useList('/api/v1/webhooks', { enabled: may('webhooks:read') });
  if (!may('webhooks:read')) return null;
  const own = data?.pages.flatMap(({ items }) => items).filter(({ spec }) => spec.keyTags?.includes(tag) === true);
  return (
    <Card
      title={words.webhooks}
      lead={words.webhooksLead}
      actions={
        may('webhooks:write') && (
          <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
            {words.addWebhook}
          </Button>
        )
      }
    >
      <Rows empty={words.noWebhooks}>
        {own?.map(({ name, spec }) => (
          <Group key={name} justify="space-between" gap="xs">
            <div>
              <Anchor component={Link} to={`/webhooks/${name}`} fw={600} size="sm">
                {name}
              </Anchor>
              <Text size="xs" c="dimmed" className="mono">
                {spec.url}
              </Text>
            </div>
            <Words words={spec.events} shown={3} />
          </Group>
        ))}
      </Rows>
      <NewWebhook opened={isAdding} onClose={() => close()} app={{ name: app, tag }} />
    </Card>
  );
}
