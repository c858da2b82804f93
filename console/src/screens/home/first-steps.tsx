import { Button, Group, Progress, Text } from '@mantine/core';
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Card } from '../../parts/card.tsx';
import classes from './first-steps.module.css';

const DISMISSED = 'gatehouse.first-steps';

/** From nothing to a protected API. Gone once it is all done, or when the person has seen enough of it. */
export function FirstSteps({ hasCalls }: { hasCalls: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const [dismissed, setDismissed] = useState(() => localStorage.getItem(DISMISSED) !== null);
  const enabled = !dismissed && me.mayInTenant('resources:write');
  const has = (list: { data: { pages: { items: unknown[] }[] } | undefined }, more = 0) =>
    (list.data?.pages[0]?.items.length ?? 0) > more;
  const apis = useList('/api/v1/apis', { filters: { limit: 1 }, enabled });
  const routes = useList('/api/v1/routes', { filters: { limit: 1 }, enabled });
  // The command line of this machine has one from the start.
  const keys = useList('/api/v1/keys', { filters: { limit: 2 }, enabled });
  const users = useList('/api/v1/users', { filters: { limit: 2 }, enabled });
  const steps = [
    { name: 'api', to: '/apis/_new', done: has(apis) },
    { name: 'route', to: '/routes/_new', done: has(routes) },
    { name: 'key', to: '/keys?new=1', done: has(keys, 1) },
    { name: 'call', to: '/routes', done: hasCalls },
    { name: 'people', to: '/users', done: has(users, 1) },
  ] as const;
  const done = steps.filter((step) => step.done).length;
  if (!enabled || users.data === undefined || done === steps.length) return null;
  const next = steps.find((step) => !step.done);
  return (
    <Card
      title={t('home.steps.title')}
      lead={t('home.steps.lead')}
      actions={
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          onClick={() => {
            localStorage.setItem(DISMISSED, '1');
            setDismissed(true);
          }}
        >
          {t('home.steps.dismiss')}
        </Button>
      }
    >
      <Progress value={(done / steps.length) * 100} size={6} mb="md" aria-label={t('home.steps.title')} />
      <ol className={classes.steps}>
        {steps.map((step) => (
          <li key={step.name} data-done={step.done}>
            {step.done ? (
              <IconCircleCheckFilled size={20} aria-label={t('common.done')} />
            ) : (
              <IconCircle size={20} stroke={1.5} aria-hidden />
            )}
            <div>
              <Text size="sm" fw={step.done ? 400 : 600}>
                {t(`home.steps.${step.name}.title`)}
              </Text>
              {!step.done && (
                <Text size="sm" c="dimmed">
                  {t(`home.steps.${step.name}.text`)}
                </Text>
              )}
            </div>
            {!step.done && (
              <Group ml="auto">
                <Button component={Link} to={step.to} size="xs" variant={step === next ? 'filled' : 'default'}>
                  {t(`home.steps.${step.name}.go`)}
                </Button>
              </Group>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
