import { IconDevices, IconMailForward, IconUserCheck, IconUsers, IconUsersGroup } from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

export const peopleScreens: readonly ScreenDefinition[] = [
  {
    path: '/users',
    page: 'users',
    permission: 'users:read',
    load: () => import('./users-screen.tsx').then(({ UsersScreen }) => ({ Screen: UsersScreen })),
    nav: { group: 'people', icon: IconUsers },
  },
  {
    path: '/users/$id',
    page: 'users',
    permission: 'users:read',
    load: () => import('./user-screen.tsx').then(({ UserScreen }) => ({ Screen: UserScreen })),
  },
  {
    path: '/members',
    page: 'members',
    permission: 'memberships:read',
    organizationOnly: true,
    load: () => import('./members-screen.tsx').then(({ MembersScreen }) => ({ Screen: MembersScreen })),
    nav: { group: 'people', icon: IconUserCheck },
  },
  {
    path: '/sessions',
    page: 'sessions',
    permission: 'sessions:read',
    tenantOnly: true,
    load: () => import('./sessions-screen.tsx').then(({ SessionsScreen }) => ({ Screen: SessionsScreen })),
    nav: { group: 'people', icon: IconDevices },
  },
  {
    path: '/invitations',
    page: 'invitations',
    permission: 'invitations:read',
    load: () => import('./invitations-screen.tsx').then(({ InvitationsScreen }) => ({ Screen: InvitationsScreen })),
    nav: { group: 'people', icon: IconMailForward },
  },
  {
    path: '/groups',
    page: 'groups',
    permission: 'groups:read',
    load: () => import('./groups-screen.tsx').then(({ GroupsScreen }) => ({ Screen: GroupsScreen })),
    nav: { group: 'people', icon: IconUsersGroup },
  },
  {
    path: '/groups/$id',
    page: 'groups',
    permission: 'groups:read',
    load: () => import('./group-screen.tsx').then(({ GroupScreen }) => ({ Screen: GroupScreen })),
  },
];
