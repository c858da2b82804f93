import { hash } from '@node-rs/argon2';
import type { GatehouseInstance } from '../measure/gatehouse-instance.ts';

/** So many that nobody comes to have more sessions than people have. */
const PEOPLE = 1000;
const RECORDS_AT_ONCE = 500;
const PASSWORD = 'seven calm rivers bend';

export interface Attempt {
  email: string;
  password: string;
  /** Where it comes from, as the proxy in front says. */
  address: string;
  /** The cookie of a browser that was used before. */
  device?: string | undefined;
}

/** Who signs in, and what every form of theirs holds. */
export interface Crowd {
  url: string;
  formCookie: string;
  csrfToken: string;
  attempts: readonly Attempt[];
}

/** People with a password each: imported, as argon2 made it. */
export async function addPeople({ admin, controlUrl: url }: GatehouseInstance): Promise<Crowd> {
  const passwordHash = await hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 });
  const { id } = await admin('POST', '/user-imports', { key: 'sign-in-bench', format: 'ndjson' });
  const emails = Array.from({ length: PEOPLE }, (_, index) => `person${index}@example.com`);
  const records = emails.map((email) => ({ email, passwordHash }));
  for (let from = 0; from < PEOPLE; from += RECORDS_AT_ONCE)
    await admin('POST', `/user-imports/${id}/records`, { from, records: records.slice(from, from + RECORDS_AT_ONCE) });
  const page = await fetch(`${url}/sign-in`);
  return {
    url,
    formCookie: (page.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '',
    csrfToken: /name="csrf_token" value="([^"]+)"/.exec(await page.text())?.[1] ?? '',
    attempts: emails.map((email, index) => ({ email, password: PASSWORD, address: addressOf(index) })),
  };
}

/** Each costs what a guess at somebody's account does, and none is slowed. */
export function nobodies(count: number): Attempt[] {
  return Array.from({ length: count }, (_, index) => ({
    email: `nobody${index}@example.com`,
    password: 'wrong wrong wrong',
    address: addressOf(PEOPLE + index),
  }));
}

/** Never two of one /24: nothing that is slowed, and nothing that raises an alarm. */
const addressOf = (number: number) => `${20 + ((number >> 16) & 127)}.${(number >> 8) & 255}.${number & 255}.7`;
