import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Card } from '../../parts/card.tsx';
import { Rows } from '../../parts/rows.tsx';
import { Time } from '../../parts/time.tsx';
import { useAction } from '../../parts/use-action.ts';
import { Words } from '../../parts/words.tsx';

/** What the person lets applications do. */
export function UserApplications({ userId }: { userId: string }) {
  const { t } = useTranslation();
  const { mayInTenant } = useMe();
  const { data } = useRead('/api/v1/users/{id}/applications', {
    params: { id: userId },
    enabled: mayInTenant('sessions:read'),
  });
  const end = useAction({
    run: (applicationId: string) =>
      api.delete('/api/v1/users/{id}/applications/{applicationId}', { params: { id: userId, applicationId } }),
    done: () => t('people.applications.ended'),
    interrupted: (applicationId) => ({
      label: t('people.applications.end'),
      method: 'delete',
      path: '/api/v1/users/{id}/applications/{applicationId}',
      params: { id: userId, applicationId },
    }),
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Card title={t('people.applications.title')} lead={t('people.applications.lead')}>
      <Rows empty="">
        {data.items.map(({ id, displayName, scopes, since }) => (
          <Group key={id} justify="space-between">
            <div>
              <Text size="sm" fw={550}>
                {displayName}
              </Text>
              <Text size="xs" c="dimmed" component="div">
                <Time at={since} /> <Words words={scopes} shown={6} />
              </Text>
            </div>
            {mayInTenant('sessions:write') && (
              <Button size="compact-sm" variant="default" onClick={() => end.mutate(id)}>
                {t('people.applications.end')}
              </Button>
            )}
          </Group>
        ))}
      </Rows>
    </Card>
  );
}
