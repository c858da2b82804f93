/** What can be told of, as the rooms that write it declare it. Put together where all rooms are known. */
export interface EventCatalogue {
  /** Every type of audit event there is, sorted. */
  types(): readonly string[];
  /** Is what these are called chosen by people for things, and no personal data? */
  namesThings(targetType: string): boolean;
}

/** What an event says besides who, what and when, for those who hear of it without `details`. */
const DETAILS: Readonly<Record<string, readonly string[]>> = {
  'api_key.issued': ['environment', 'expiresAt', 'replaces'],
  'api_key.updated': ['changed'],
  'api_key.rotated': ['replacedBy', 'endsAt'],
  'api_key.rotation_offered': ['dueAt'],
  'api_key.reminded': ['kind', 'days', 'dueAt'],
  'api_key.leaked': ['source', 'response'],
  'quota.threshold_reached': ['limit', 'percent', 'used', 'requests', 'period'],
  'client_secret.issued': ['secret_id'],
  'client_secret.revoked': ['secret_id', 'tokens'],
  'webhook.disabled': ['reason'],
  'webhook.secret_issued': ['secret_id'],
};

/** Of everything that is declared: which state it is in, and the names of the fields that changed. */
const DETAILS_OF_DECLARED = ['version', 'fields'];

export function detailFields(type: string): readonly string[] {
  return DETAILS[type] ?? (/\.(created|updated|deleted)$/.test(type) ? DETAILS_OF_DECLARED : []);
}
