import { ScrollArea, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { meOf, whoamiQuery } from '../api/whoami.ts';
import { ALL_SCREENS, isOpenTo } from './all-screens.ts';
import classes from './navigation.module.css';
import type { NavGroup } from './screen.ts';

const GROUPS: readonly NavGroup[] = ['overview', 'access', 'people', 'rules', 'operate'];

export function Navigation() {
  const { t } = useTranslation();
  const me = meOf(useSuspenseQuery(whoamiQuery).data);
  const open = ALL_SCREENS.filter((screen) => screen.nav !== undefined && isOpenTo(me, screen));
  return (
    <ScrollArea className={classes.scroll ?? ''} type="hover">
      <nav aria-label={t('shell.navigation')} className={classes.nav}>
        {GROUPS.map((group) => {
          const screens = open.filter(({ nav }) => nav?.group === group);
          if (screens.length === 0) return null;
          return (
            <section key={group} className={classes.group} aria-label={t(`shell.groups.${group}`)}>
              {group !== 'overview' && (
                <Text className={classes.heading} aria-hidden>
                  {t(`shell.groups.${group}`)}
                </Text>
              )}
              {screens.map(({ path, page, nav }) => {
                const Picture = nav?.icon;
                return (
                  <Link key={path} to={path} className={classes.link ?? ''} activeOptions={{ exact: path === '/' }}>
                    {Picture !== undefined && <Picture size={18} stroke={1.6} aria-hidden />}
                    {t(`shell.pages.${page}`)}
                  </Link>
                );
              })}
            </section>
          );
        })}
      </nav>
    </ScrollArea>
  );
}
