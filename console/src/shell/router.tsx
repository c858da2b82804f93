import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { type ComponentType, lazy, useState } from 'react';
import { ALL_SCREENS } from './all-screens.ts';
import { BrokenPage } from './broken-page.tsx';
import { Frame } from './frame.tsx';
import { Guarded } from './guarded.tsx';
import { NotFoundPage } from './not-found-page.tsx';

const root = createRootRoute({ component: Frame, notFoundComponent: NotFoundPage });

const screens = ALL_SCREENS.map((screen) => {
  let Loaded: ComponentType | undefined;
  const load = async () => {
    Loaded = (await screen.load()).Screen;
    return { default: Loaded };
  };
  const Late = lazy(load);
  return createRoute({
    // Beside whatever else is waited for, and not after it; pointing at a link is enough.
    // Where nothing is drawn yet, it is waited for: a page that stands in for it would stand 300 ms at least (React).
    loader: (): Promise<void> | undefined => {
      const loading = load().catch(() => undefined);
      return router.state.resolvedLocation === undefined ? loading.then(() => undefined) : undefined;
    },
    getParentRoute: () => root,
    path: screen.path,
    // Every filter of every screen is text in the address; each screen reads those it knows.
    validateSearch: (search: Record<string, unknown>): Record<string, string> =>
      Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)])),
    component: function Page() {
      // The same for as long as it stands: another component in its place would lose what was typed.
      const [Screen] = useState<ComponentType>(() => Loaded ?? Late);
      return (
        <Guarded screen={screen}>
          <Screen />
        </Guarded>
      );
    },
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
