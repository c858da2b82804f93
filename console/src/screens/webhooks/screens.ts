import { IconWebhook } from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

const shared = { page: 'webhooks', permission: 'webhooks:read' } as const;

/** Of the tenant, or of the organization that the person acts in: partners' developers have the same screens. */
export const webhookScreens: readonly ScreenDefinition[] = [
  {
    path: '/webhooks',
    load: () => import('./webhooks-screen.tsx').then(({ WebhooksScreen }) => ({ Screen: WebhooksScreen })),
    nav: { group: 'operate', icon: IconWebhook },
    ...shared,
  },
  {
    path: '/webhooks/$name',
    load: () => import('./webhook-screen.tsx').then(({ WebhookScreen }) => ({ Screen: WebhookScreen })),
    ...shared,
  },
];
