import {
  CELL,
  CELLS_PER_RECORD,
  MINUTE_MS,
  minuteOf,
  NONE,
  type StoredAccessBatch,
  TEXT_MAX,
  timeOf,
} from './access-batch-format.ts';
import { AccessCells } from './access-cells.ts';
import { AccessIds, ID_LENGTH_MAX } from './access-ids.ts';
import { hashText, markSeeds, type SearchableField } from './access-marks.ts';
import type { AccessActor, AccessRecord } from './access-record.ts';
import { cleanText } from './event.ts';

/** Small enough that writing one as text (0.1 ms) or reading one for a single record of it holds nobody up. */
export const BATCH_RECORDS_MAX = 512;
/** What an empty batch takes in memory, in the unit of `weight`. */
const EMPTY_WEIGHT = 1_000;
/** Fields that records are looked up by, as bits: a text can be in several of them. */
const BIT: Readonly<Record<SearchableField, number>> = { principalId: 1, credentialId: 2, route: 4 };

/**
 * Records of one tenant, one organization and one minute, taken apart as they come: no object is kept, and a text that
 * recurs is kept once. Measured at 0.3 µs a record, the writing as text included.
 */
export class AccessBatch {
  readonly id: string;
  readonly tenantId: string;
  readonly organizationId: string | undefined;
  readonly minute: number;
  /** About how many bytes it takes in memory. */
  weight = EMPTY_WEIGHT;
  readonly #ids = new AccessIds();
  readonly #cells = new AccessCells(CELLS_PER_RECORD);
  readonly #texts: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** For the place of a credential's id the API key that it was made from: of few, and written nowhere. */
  readonly #keys = new Map<number, string>();
  /** For each text the fields that it was seen in. */
  readonly #fields: number[] = [];
  /** Of the last record, by place. */
  readonly #lastTexts: (string | undefined)[] = new Array(CELLS_PER_RECORD).fill(undefined);
  readonly #lastNumbers: number[] = new Array(CELLS_PER_RECORD).fill(NONE);
  #firstAt = MINUTE_MS;
  #lastAt = 0;
  #someAllowed = false;
  #someDenied = false;
  #policies: readonly string[] = [];
  #policiesText = NONE;

  constructor(id: string, record: AccessRecord) {
    this.id = id;
    this.tenantId = record.tenantId;
    this.organizationId = record.organizationId;
    this.minute = minuteOf(record.at);
  }

  get count(): number {
    return this.#ids.count;
  }

  /** What it holds, as `access-batch-format.ts` says. */
  get content(): { texts: readonly string[]; cells: AccessCells; keys: ReadonlyMap<number, string> } {
    return { texts: this.#texts, cells: this.#cells, keys: this.#keys };
  }

  /** Does the record belong to the same tenant, organization and minute? */
  fits(record: AccessRecord): boolean {
    return (
      record.tenantId === this.tenantId &&
      record.organizationId === this.organizationId &&
      minuteOf(record.at) === this.minute
    );
  }

  /** In the order of `CELL`. */
  add(record: AccessRecord): void {
    const at = timeOf(record.at) - this.minute * MINUTE_MS;
    if (at < this.#firstAt) this.#firstAt = at;
    if (at > this.#lastAt) this.#lastAt = at;
    if (record.allowed) this.#someAllowed = true;
    else this.#someDenied = true;
    const { decisionId } = record;
    this.weight += decisionId.length + CELLS_PER_RECORD * 8;
    if (!this.#ids.add(decisionId)) this.#ids.addReference(this.#textOf(decisionId, ID_LENGTH_MAX));
    const first = this.#cells.length;
    const cells = this.#cells.addRow();
    cells[first + CELL.at.place] = at;
    cells[first + CELL.principalType.place] = this.#text(CELL.principalType.place, record.principalType);
    cells[first + CELL.principalId.place] = this.#searchable(
      CELL.principalId.place,
      record.principalId,
      BIT.principalId,
    );
    cells[first + CELL.credentialType.place] = this.#text(CELL.credentialType.place, record.credentialType);
    const credential = this.#searchable(CELL.credentialId.place, record.credentialId, BIT.credentialId);
    cells[first + CELL.credentialId.place] = credential;
    if (record.apiKeyId !== undefined) this.#noteKey(credential, record.apiKeyId);
    cells[first + CELL.clientId.place] =
      record.clientId === undefined ? NONE : this.#text(CELL.clientId.place, record.clientId);
    cells[first + CELL.route.place] =
      record.route === undefined ? NONE : this.#searchable(CELL.route.place, record.route, BIT.route);
    cells[first + CELL.method.place] = this.#text(CELL.method.place, record.method);
    cells[first + CELL.path.place] = this.#text(CELL.path.place, record.path, CELL.path.lengthMax);
    cells[first + CELL.status.place] = toCount(record.status);
    cells[first + CELL.allowed.place] = record.allowed ? 1 : 0;
    cells[first + CELL.reason.place] = this.#text(CELL.reason.place, record.reason, CELL.reason.lengthMax);
    cells[first + CELL.policies.place] = this.#policiesOf(record);
    cells[first + CELL.upstream.place] =
      record.upstream === undefined ? NONE : this.#text(CELL.upstream.place, record.upstream);
    cells[first + CELL.bytesIn.place] = toCount(record.bytesIn);
    cells[first + CELL.bytesOut.place] = toCount(record.bytesOut);
    cells[first + CELL.durationMicros.place] = toCount(record.durationMicros);
    cells[first + CELL.remoteAddress.place] = this.#text(CELL.remoteAddress.place, record.remoteAddress);
    cells[first + CELL.actors.place] =
      record.actors === undefined ? NONE : this.#text(CELL.actors.place, listed(record.actors), CELL.actors.lengthMax);
    cells[first + CELL.notes.place] =
      record.notes === undefined ? NONE : this.#text(CELL.notes.place, record.notes, CELL.notes.lengthMax);
  }

  toStored(): StoredAccessBatch {
    const start = this.minute * MINUTE_MS;
    return {
      tenantId: storable(this.tenantId, ID_LENGTH_MAX),
      id: this.id,
      organizationId: this.organizationId === undefined ? null : storable(this.organizationId, ID_LENGTH_MAX),
      minute: this.minute,
      firstAt: start + this.#firstAt,
      lastAt: start + this.#lastAt,
      count: this.count,
      marks: this.#marks(),
      records: `{"format":4,"ids":"${this.#ids}","texts":${JSON.stringify(this.#texts)},"columns":${JSON.stringify(this.#cells.toColumns())}}`,
    };
  }

  /** Neighbours have most of their texts in common: comparing is five times as fast as looking them up. */
  #text(place: number, value: string, lengthMax = TEXT_MAX): number {
    if (this.#lastTexts[place] === value) return this.#lastNumbers[place] ?? NONE;
    const number = this.#textOf(value, lengthMax);
    this.#lastTexts[place] = value;
    this.#lastNumbers[place] = number;
    return number;
  }

  #noteKey(credential: number, apiKeyId: string): void {
    if (this.#keys.has(credential)) return;
    this.#keys.set(credential, apiKeyId);
    this.weight += apiKeyId.length;
  }

  #textOf(value: string, lengthMax: number): number {
    return this.#numbers.get(value) ?? this.#newText(value, lengthMax);
  }

  #searchable(place: number, value: string, field: number): number {
    if (this.#lastTexts[place] === value) return this.#lastNumbers[place] ?? NONE;
    const number = this.#text(place, value);
    this.#fields[number] = (this.#fields[number] ?? 0) | field;
    return number;
  }

  #newText(value: string, lengthMax: number): number {
    const text = storable(value, lengthMax);
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.push(text) - 1;
      this.#fields.push(0);
      this.#numbers.set(text, number);
      this.weight += text.length;
    }
    if (text !== value) {
      // The next one like it need not be bent into shape again to be found.
      this.#numbers.set(value, number);
      this.weight += String(value).length;
    }
    return number;
  }

  /** Neighbours were mostly decided by the same policies: their list need not be written as text again. */
  #policiesOf({ policies }: AccessRecord): number {
    if (policies.length === 0) return NONE;
    if (!sameTexts(policies, this.#policies)) {
      this.#policies = policies;
      this.#policiesText = this.#text(
        CELL.policies.place,
        JSON.stringify(policies.map((policy) => storable(policy, TEXT_MAX))),
        CELL.policies.lengthMax,
      );
    }
    return this.#policiesText;
  }

  #marks(): number[] {
    const seeds = markSeeds(this.tenantId);
    const marks = new Set<number>();
    for (const [number, fields] of this.#fields.entries()) {
      if (fields === 0) continue;
      const text = this.#texts[number] ?? '';
      if (fields & BIT.principalId) marks.add(hashText(seeds.principalId, text));
      if (fields & BIT.credentialId) marks.add(hashText(seeds.credentialId, text));
      if (fields & BIT.route) marks.add(hashText(seeds.route, text));
    }
    if (this.#someAllowed) marks.add(hashText(seeds.allowed, 'true'));
    if (this.#someDenied) marks.add(hashText(seeds.allowed, 'false'));
    return [...marks];
  }
}

function listed(actors: readonly AccessActor[]): string {
  return JSON.stringify(
    actors.map(({ id, clientId }) => ({
      id: storable(id, TEXT_MAX),
      ...(clientId === undefined ? {} : { clientId: storable(clientId, TEXT_MAX) }),
    })),
  );
}

function sameTexts(some: readonly string[], others: readonly string[]): boolean {
  if (some === others) return true;
  return some.length === others.length && some.every((text, index) => text === others[index]);
}

/** Odd values are bent into shape: one record that can't be written would hold up all those behind it. */
function storable(value: string, lengthMax: number): string {
  if (typeof value !== 'string') return '';
  const text = cleanText(value);
  // The cut may go through a surrogate pair.
  return text.length <= lengthMax ? text : text.slice(0, lengthMax).toWellFormed();
}

function toCount(value: number): number {
  return Number.isSafeInteger(value) ? value : Number.isFinite(value) ? Math.round(value) : 0;
}
