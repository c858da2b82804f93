import { z } from 'zod';
import { LIMITS } from '#base';
import type { EventCatalogue, WebhookSecretDeps } from '#webhooks';
import { callerOf } from '../access.ts';

export interface WebhookRoutesDeps extends WebhookSecretDeps {
  catalogue: EventCatalogue;
}

export const WEBHOOK_URL = '/api/v1/webhooks/:name';

export const webhookParam = z.strictObject({ name: z.string().min(1).max(LIMITS.nameLengthMax) });

/** The webhook that is asked for, in the tenant of who asks. */
export function placeIn(request: Parameters<typeof callerOf>[0] & { params: { name: string } }) {
  return { tenantId: callerOf(request).principal.tenantId, webhook: request.params.name };
}
