import type { AnswerOf } from '@gatehouse/sdk/admin';

type Usage = AnswerOf<'get', '/api/v1/key-usage'>['items'][number];

/** Numbers by their names in the Admin API, as `gatehouse keys report --csv` writes them. */
const COUNTS = [
  'calls',
  'clientErrors',
  'serverErrors',
  'refused',
  'denied',
  'limited',
  'bytesIn',
  'bytesOut',
] as const satisfies readonly (keyof Usage)[];

const COLUMNS = [
  { name: 'keyId', value: ({ keyId }: Usage) => keyId },
  ...COUNTS.map((name) => ({ name, value: (usage: Usage) => usage[name] })),
  { name: 'name', value: ({ key }: Usage) => key?.name },
  { name: 'environment', value: ({ key }: Usage) => key?.environment },
  { name: 'organizationId', value: ({ key }: Usage) => key?.organizationId },
  { name: 'ownerId', value: ({ key }: Usage) => key?.owner?.id },
  { name: 'plan', value: ({ key }: Usage) => key?.plan },
];

/** What every key did in a month of the calendar (UTC), for a bill: this one, or so many before it. */
export function usageOfMonth(before: number, now = Date.now()) {
  const [year, month] = [new Date(now).getUTCFullYear(), new Date(now).getUTCMonth() - before];
  const from = Date.UTC(year, month);
  return {
    path: '/api/v1/key-usage' as const,
    input: { filters: { from, to: Math.min(now, Date.UTC(year, month + 1)) } },
    columns: COLUMNS,
    fileName: `api-key-usage-${new Date(from).toISOString().slice(0, 7)}`,
  };
}
