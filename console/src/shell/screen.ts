import type { Icon } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { en } from '../language/en/en.ts';

export type PageName = keyof typeof en.shell.pages;
export type NavGroup = keyof typeof en.shell.groups;

/** One address of the console. A room's screens stand in its own `screens.ts`; `all-screens.ts` lists the rooms. */
export interface ScreenDefinition {
  /** Under /console, as the router writes parameters: `/keys/$id`. */
  path: string;
  /** Its name in the navigation, in the palette and in the window's title. */
  page: PageName;
  /** Loaded when somebody goes there. */
  load: () => Promise<{ Screen: ComponentType }>;
  /** Without it the screen is not offered, and says why to whoever comes by its address. */
  permission?: string;
  /** What its API refuses to callers from inside an organization. */
  tenantOnly?: true;
  /** For people inside an organization: the others have more. */
  organizationOnly?: true;
  /** Left out: reached from another screen. */
  nav?: { group: NavGroup; icon: Icon };
}
