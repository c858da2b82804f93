import type { AuditEvent, JsonObject } from '#audit';
import { detailFields, type EventCatalogue } from './event-catalogue.ts';

/** Raised when a field is taken away or means something else; a new field is none. */
export const MESSAGE_VERSION = 1;

/** What is posted, as the guide documents it. */
export interface WebhookMessage {
  type: string;
  /** When it happened, ISO 8601. */
  timestamp: string;
  data: {
    version: typeof MESSAGE_VERSION;
    /** Id of the audit event, which is the `webhook-id` too. */
    id: string;
    organizationId?: string;
    actor: { type: string; id: string; clientId?: string };
    target: { type: string; id: string; name?: string };
    detail?: JsonObject;
  };
}

/**
 * The body for an event: the same at each attempt, since the event never changes. Ids and documented fields alone, so that
 * nobody's personal data leaves unasked; `details` is asking.
 */
export function writeMessage(
  catalogue: Pick<EventCatalogue, 'namesThings'>,
  event: AuditEvent,
  { details }: { details: boolean },
): string {
  const { id, type, at, organizationId, actor, target } = event;
  const detail = details ? event.detail : publishedDetail(event);
  const isNamed = target.name !== undefined && (details || catalogue.namesThings(target.type));
  const message: WebhookMessage = {
    type,
    timestamp: new Date(at).toISOString(),
    data: {
      version: MESSAGE_VERSION,
      id,
      ...(organizationId === undefined ? {} : { organizationId }),
      actor: {
        type: actor.type,
        id: actor.id,
        ...(actor.clientId === undefined ? {} : { clientId: actor.clientId }),
      },
      target: { type: target.type, id: target.id, ...(isNamed ? { name: target.name ?? '' } : {}) },
      ...(detail === undefined ? {} : { detail }),
    },
  };
  return JSON.stringify(message);
}

function publishedDetail({ type, detail }: AuditEvent): JsonObject | undefined {
  if (detail === undefined) return undefined;
  const shown = detailFields(type).flatMap((name) => {
    const value = detail[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return shown.length === 0 ? undefined : Object.fromEntries(shown);
}
