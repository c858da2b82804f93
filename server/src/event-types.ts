import { APIKEYS_AUDIT_EVENTS } from '#apikeys';
import { AUDIT_AUDIT_EVENTS } from '#audit';
import { RELATIONS_AUDIT_EVENTS } from '#authz';
import { DIRECTORY_AUDIT_EVENTS } from '#directory';
import { GATEWAY_AUDIT_EVENTS } from '#gateway';
import { SIGNING_KEY_STEPS } from '#keyring';
import { LIMITS_AUDIT_EVENTS } from '#limits';
import { MAIL_AUDIT_EVENTS } from '#mail';
import { OAUTH_AUDIT_EVENTS } from '#oauth';
import { type Kinds, resourceEventType } from '#resources';
import { SIGNIN_AUDIT_EVENTS } from '#signin';
import { type EventCatalogue, WEBHOOKS_AUDIT_EVENTS } from '#webhooks';

/** Besides what is declared, things that people give a name to. */
const NAMED_THINGS = ['api_key', 'service_account', 'group', 'relation_store'];

/** Every audit event that there can be, from what the rooms and the kinds declare. */
export function eventCatalogue(kinds: () => Kinds): EventCatalogue {
  let types: readonly string[] | undefined;
  return {
    types() {
      types ??= [...new Set([...ownEvents(), ...eventsOfKinds(kinds())])].sort();
      return types;
    },
    namesThings: (targetType) => NAMED_THINGS.includes(targetType) || kinds().find(targetType) !== undefined,
  };
}

const ownEvents = (): string[] => [
  ...APIKEYS_AUDIT_EVENTS,
  ...AUDIT_AUDIT_EVENTS,
  ...DIRECTORY_AUDIT_EVENTS,
  ...GATEWAY_AUDIT_EVENTS,
  ...LIMITS_AUDIT_EVENTS,
  ...MAIL_AUDIT_EVENTS,
  ...OAUTH_AUDIT_EVENTS,
  ...RELATIONS_AUDIT_EVENTS,
  ...SIGNIN_AUDIT_EVENTS,
  ...WEBHOOKS_AUDIT_EVENTS,
  ...SIGNING_KEY_STEPS.map((step) => `signing_key.${step}`),
  'backup.created',
];

const eventsOfKinds = (kinds: Kinds): string[] =>
  kinds.all.flatMap(({ kind }) =>
    (['create', 'update', 'delete'] as const).map((action) => resourceEventType(kind, action)),
  );
