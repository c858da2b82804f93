const PAST_VERBS = { create: 'created', update: 'updated', delete: 'deleted' } as const;

export type ResourceEventType = `${string}.${(typeof PAST_VERBS)[keyof typeof PAST_VERBS]}`;

/** The events of a kind follow from its name: `route.created`, `route.updated`, `route.deleted`. */
export function resourceEventType(kind: string, action: keyof typeof PAST_VERBS): ResourceEventType {
  return `${kind}.${PAST_VERBS[action]}`;
}
