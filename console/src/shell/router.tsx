import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { lazy } from 'react';
import { ALL_SCREENS } from './all-screens.ts';
import { BrokenPage } from './broken-page.tsx';
import { Frame } from './frame.tsx';
import { Guarded } from './guarded.tsx';
import { NotFoundPage } from './not-found-page.tsx';

const root = createRootRoute({ component: Frame, notFoundComponent: NotFoundPage });

const screens = ALL_SCREENS.map((screen) => {
  const Screen = lazy(() => screen.load().then(({ Screen }) => ({ default: Screen })));
  return createRoute({
    // Beside whatever else is waited for, and not after it; pointing at a link is enough.
    loader: () => void screen.load().catch(() => undefined),
    getParentRoute: () => root,
    path: screen.path,
    // Every filter of every screen is text in the address; each screen reads those it knows.
    validateSearch: (search: Record<string, unknown>): Record<string, string> =>
      Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)])),
    component: () => (
      <Guarded screen={screen}>
        <Screen />
      </Guarded>
    ),
  });
});

export const router = createRouter({
  routeTree: root.addChildren(screens),
  basepath: '/console',
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: BrokenPage,
  // Plain text instead of JSON: an address that a person can read and write.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
    return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
  },
});
