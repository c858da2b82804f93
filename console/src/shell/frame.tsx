import { ActionIcon, AppShell, Group, Loader, UnstyledButton } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { IconMenu2, IconSearch, IconX } from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { AccountMenu } from './account-menu.tsx';
import { ActingBanner } from './acting-banner.tsx';
import classes from './frame.module.css';
import { Navigation } from './navigation.tsx';
import { openPalette } from './palette-door.ts';

const Palette = lazy(() => import('./palette.tsx').then(({ Palette }) => ({ default: Palette })));

/** What stands around every screen. */
export function Frame() {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  // Here and not with the palette, which is loaded after the screen: a key pressed before that opens it when it is there.
  useHotkeys([
    ['mod+K', openPalette],
    ['/', openPalette],
  ]);
  // Chosen: the way is free again.
  useEffect(() => {
    if (pathname !== '') close();
  }, [pathname, close]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 244, breakpoint: 'md', collapsed: { mobile: !opened } }}
      classNames={{ header: classes.header ?? '', navbar: classes.rail ?? '', main: classes.main ?? '' }}
    >
      <a href="#content" className={classes.skip}>
        {t('shell.skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <ActionIcon
              hiddenFrom="md"
              variant="subtle"
              color="gray"
              onClick={toggle}
              aria-label={t(opened ? 'shell.closeNavigation' : 'shell.openNavigation')}
              aria-expanded={opened}
            >
              {opened ? <IconX size={20} /> : <IconMenu2 size={20} />}
            </ActionIcon>
            <Link to="/" className={classes.brand ?? ''} aria-label={t('shell.title')}>
              <img src="/console/icon.svg" alt="" width={26} height={26} />
              <span>{t('shell.title')}</span>
            </Link>
          </Group>
          <UnstyledButton className={classes.find} onClick={openPalette}>
            <IconSearch size={16} stroke={1.75} aria-hidden />
            <span className={classes.findText}>{t('shell.find')}</span>
            <kbd className={classes.keys}>{isMac ? '⌘K' : 'Ctrl K'}</kbd>
          </UnstyledButton>
          <AccountMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar>
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main>
        <div id="content" tabIndex={-1} className={classes.content}>
          <ActingBanner />
          <Suspense fallback={<Loader size="sm" className={classes.loader ?? ''} />}>
            <Outlet />
          </Suspense>
        </div>
      </AppShell.Main>
      <Suspense>
        <Palette />
      </Suspense>
    </AppShell>
  );
}

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
