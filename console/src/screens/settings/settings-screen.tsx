import { SimpleGrid, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/whoami.ts';
import { described } from '../../editor/described.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { useKinds } from '../resources/use-kind.ts';
import { GROUPS, SINGLE } from './settings-groups.ts';
import classes from './settings-screen.module.css';

/** Everything that is configured and has no screen of its own, with what the server says of it. */
export function SettingsScreen() {
  const { t } = useTranslation();
  const { may } = useMe();
  const kinds = useKinds() ?? [];
  return (
    <>
      <PageHead title={t('shell.pages.settings')} lead={t('settings.lead')} />
      {Object.entries<readonly string[]>(GROUPS).map(([group, plurals]) => {
        const shown = kinds.filter(({ plural }) => plurals.includes(plural) && may(`${plural}:read`));
        if (shown.length === 0) return null;
        return (
          <section key={group} className={classes.group}>
            <h2>{t(`settings.groups.${group as keyof typeof GROUPS}`)}</h2>
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
              {shown.map(({ plural, description }) => (
                <Link
                  key={plural}
                  to={SINGLE.has(plural) ? `/settings/${plural}/default` : `/settings/${plural}`}
                  className={classes.card ?? ''}
                >
                  <b>{t(`settings.kinds.${plural as 'brandings'}`)}</b>
                  <Text size="sm" c="dimmed">
                    {described(description)}
                  </Text>
                </Link>
              ))}
            </SimpleGrid>
          </section>
        );
      })}
    </>
  );
}
