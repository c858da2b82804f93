import type { Me } from '../api/whoami.ts';
import { accountScreens } from '../screens/accounts/screens.ts';
import { explorerScreens } from '../screens/explorer/screens.ts';
import { homeScreens } from '../screens/home/screens.ts';
import { jwtScreens } from '../screens/jwt/screens.ts';
import { keyScreens } from '../screens/keys/screens.ts';
import { openApiScreens } from '../screens/openapi/screens.ts';
import { operateScreens } from '../screens/operate/screens.ts';
import { peopleScreens } from '../screens/people/screens.ts';
import { policiesScreens } from '../screens/policies/screens.ts';
import { portalScreens } from '../screens/portal/screens.ts';
import { relationshipsScreens } from '../screens/relationships/screens.ts';
import { requestsScreens } from '../screens/requests/screens.ts';
import { resourceScreens } from '../screens/resources/screens.ts';
import { settingsScreens } from '../screens/settings/screens.ts';
import { webhookScreens } from '../screens/webhooks/screens.ts';
import type { ScreenDefinition } from './screen.ts';

/** In the order of the navigation. */
export const ALL_SCREENS: readonly ScreenDefinition[] = [
  ...homeScreens,
  ...portalScreens,
  ...keyScreens,
  ...peopleScreens,
  ...accountScreens,
  ...resourceScreens,
  ...openApiScreens,
  ...requestsScreens,
  ...policiesScreens,
  ...relationshipsScreens,
  ...explorerScreens,
  ...jwtScreens,
  ...webhookScreens,
  ...operateScreens,
  ...settingsScreens,
];

/** May this person use it? What would be refused is not offered. */
export function isOpenTo(me: Me, { permission, tenantOnly, organizationOnly }: ScreenDefinition): boolean {
  if (tenantOnly === true && me.organizationId !== undefined) return false;
  if (organizationOnly === true && me.organizationId === undefined) return false;
  return permission === undefined || me.may(permission);
}
