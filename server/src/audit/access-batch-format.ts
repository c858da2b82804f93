/**
 * How a batch of access records is kept: the decision ids, the different texts, and as many columns of numbers as `CELL` has
 * entries, in this order. A text's cell holds its place among the texts.
 */
export const CELL = {
  /** Milliseconds into the batch's minute. */
  at: { place: 0 },
  principalType: { place: 1 },
  principalId: { place: 2 },
  credentialType: { place: 3 },
  credentialId: { place: 4 },
  clientId: { place: 5 },
  route: { place: 6 },
  method: { place: 7 },
  path: { place: 8, lengthMax: 2_048 },
  status: { place: 9 },
  allowed: { place: 10 },
  /** May list scopes. */
  reason: { place: 11, lengthMax: 2_048 },
  /** The list as JSON. */
  policies: { place: 12, lengthMax: Number.POSITIVE_INFINITY },
  upstream: { place: 13 },
  bytesIn: { place: 14 },
  bytesOut: { place: 15 },
  durationMicros: { place: 16 },
  remoteAddress: { place: 17 },
  /** The list as JSON. */
  actors: { place: 18, lengthMax: Number.POSITIVE_INFINITY },
  /** What steps said of their outcome. */
  notes: { place: 19, lengthMax: 1_024 },
} as const;

export const CELLS_PER_RECORD = Object.keys(CELL).length;
/** How many there were in formats that kept them record by record; what was added since is not there, then. */
export const CELLS_BY_FORMAT = { 1: 18, 2: 19, 3: 20 } as const;
/** The cell of a text that is not there. */
export const NONE = -1;
export const TEXT_MAX = 256;
/** No batch spans more: a record's time tells within a minute where its batch stands among the others. */
export const MINUTE_MS = 60_000;

/** The last minute that PostgreSQL's `integer` holds, in the year 6053. */
export const TIME_MAX = (2 ** 31 - 1) * MINUTE_MS;

/** A time that can be written, whatever came. */
export function timeOf(at: number): number {
  return at >= 0 && at <= TIME_MAX ? Math.floor(at) : 0;
}

export function minuteOf(at: number): number {
  return Math.floor(timeOf(at) / MINUTE_MS);
}

export interface StoredAccessBatch {
  tenantId: string;
  id: string;
  organizationId: string | null;
  /** Minutes since the epoch. */
  minute: number;
  firstAt: number;
  lastAt: number;
  count: number;
  marks: readonly number[];
  /** `AccessBatchBody` as JSON. */
  records: string;
}

export interface AccessBatchBody {
  format: 4;
  /** One after the other, apart by spaces; one that is not as ids are is `#` and its place among the texts. */
  ids: string;
  texts: string[];
  /** A number alone is what all records have. */
  columns: (number | number[])[];
}

/** What was written until the columns came. */
export interface RowsBody {
  format: keyof typeof CELLS_BY_FORMAT;
  decisionIds: string[];
  texts: string[];
  /** All cells of a record, then all of the next one. */
  cells: number[];
}
