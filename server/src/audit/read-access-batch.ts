import { type AccessBatchBody, CELL, CELLS_BY_FORMAT, MINUTE_MS, NONE, type RowsBody } from './access-batch-format.ts';
import type { AccessActor, AccessRecord } from './access-record.ts';
import type { AccessBatchRow } from './audit-tables.ts';

/** What must be true of a record; what is not given may be anything. */
export interface AccessRecordFilter {
  principalId?: string | undefined;
  credentialId?: string | undefined;
  route?: string | undefined;
  decisionId?: string | undefined;
  allowed?: boolean | undefined;
  /** In upper case. */
  method?: string | undefined;
  /** What the path begins with. */
  pathPrefix?: string | undefined;
  /** Of the answer; both included. */
  statusMin?: number | undefined;
  statusMax?: number | undefined;
  /** Milliseconds since the epoch; `from` is included, `to` is not. */
  from?: number | undefined;
  to?: number | undefined;
}

export type AccessBatchSource = Pick<AccessBatchRow, 'tenant_id' | 'organization_id' | 'minute' | 'records'>;

/** The records of a batch that the filter lets through. Only those are put together; the rest costs a few comparisons. */
export function readAccessBatch(row: AccessBatchSource, filter: AccessRecordFilter): AccessRecord[] {
  const { ids, texts, cellOf } = parsed(row.records);
  const wanted = wantedCells(filter, texts);
  if (wanted === undefined) return [];
  const start = row.minute * MINUTE_MS;
  const [from, to] = [(filter.from ?? 0) - start, (filter.to ?? Number.POSITIVE_INFINITY) - start];
  const records: AccessRecord[] = [];
  for (const [index, decisionId] of ids.entries()) {
    const at = cellOf(index, CELL.at.place);
    if (at < from || at >= to) continue;
    if (filter.decisionId !== undefined && filter.decisionId !== decisionId) continue;
    if (!wanted.every(([place, fits]) => fits(cellOf(index, place)))) continue;
    records.push(toRecord(row, decisionId, texts, (place) => cellOf(index, place)));
  }
  return records;
}

interface ParsedBatch {
  ids: readonly string[];
  texts: readonly string[];
  /** {@link NONE} for what this format does not have. */
  cellOf(record: number, place: number): number;
}

function parsed(text: string): ParsedBatch {
  const body = JSON.parse(text) as AccessBatchBody | RowsBody;
  const { texts } = body;
  if (body.format !== 4) {
    const { cells } = body;
    const perRecord = CELLS_BY_FORMAT[body.format];
    const cellOf = (record: number, place: number) =>
      place < perRecord ? (cells[record * perRecord + place] ?? NONE) : NONE;
    return { ids: body.decisionIds, texts, cellOf };
  }
  const { columns } = body;
  const ids = body.ids.split(' ').map((id) => (id.startsWith('#') ? (texts[Number(id.slice(1))] ?? '') : id));
  return {
    ...{ ids, texts },
    cellOf(record, place) {
      const column = columns[place] ?? NONE;
      return typeof column === 'number' ? column : (column[record] ?? NONE);
    },
  };
}

type WantedCell = [place: number, fits: (cell: number) => boolean];

/** What a record's cells must be like, or undefined when a wanted text does not occur in the batch at all. */
function wantedCells(filter: AccessRecordFilter, texts: readonly string[]): WantedCell[] | undefined {
  const wanted: WantedCell[] = [];
  for (const field of ['principalId', 'credentialId', 'route', 'method'] as const) {
    const value = filter[field];
    if (value === undefined) continue;
    const number = texts.indexOf(value);
    if (number === -1) return undefined;
    wanted.push([CELL[field].place, (cell) => cell === number]);
  }
  const { allowed, pathPrefix, statusMin = 0, statusMax = 999 } = filter;
  if (allowed !== undefined) wanted.push([CELL.allowed.place, (cell) => (cell === 1) === allowed]);
  if (statusMin > 0 || statusMax < 999)
    wanted.push([CELL.status.place, (cell) => cell >= statusMin && cell <= statusMax]);
  if (pathPrefix !== undefined) wanted.push([CELL.path.place, (cell) => texts[cell]?.startsWith(pathPrefix) === true]);
  return wanted;
}

function toRecord(
  { tenant_id, organization_id, minute }: AccessBatchSource,
  decisionId: string,
  texts: readonly string[],
  cellAt: (place: number) => number,
): AccessRecord {
  const number = ({ place }: { place: number }) => cellAt(place);
  const text = (cell: { place: number }) => texts[number(cell)] ?? '';
  const there = ({ place }: { place: number }) => cellAt(place) !== NONE;
  return {
    decisionId,
    tenantId: tenant_id,
    ...(organization_id === null ? {} : { organizationId: organization_id }),
    at: minute * MINUTE_MS + number(CELL.at),
    principalType: text(CELL.principalType),
    principalId: text(CELL.principalId),
    credentialType: text(CELL.credentialType),
    credentialId: text(CELL.credentialId),
    ...(there(CELL.clientId) ? { clientId: text(CELL.clientId) } : {}),
    ...(there(CELL.actors) ? { actors: JSON.parse(text(CELL.actors)) as AccessActor[] } : {}),
    ...(there(CELL.route) ? { route: text(CELL.route) } : {}),
    method: text(CELL.method),
    path: text(CELL.path),
    status: number(CELL.status),
    allowed: number(CELL.allowed) === 1,
    reason: text(CELL.reason),
    policies: there(CELL.policies) ? (JSON.parse(text(CELL.policies)) as string[]) : [],
    ...(there(CELL.notes) ? { notes: text(CELL.notes) } : {}),
    ...(there(CELL.upstream) ? { upstream: text(CELL.upstream) } : {}),
    bytesIn: number(CELL.bytesIn),
    bytesOut: number(CELL.bytesOut),
    durationMicros: number(CELL.durationMicros),
    remoteAddress: text(CELL.remoteAddress),
  };
}
