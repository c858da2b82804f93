import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { breachedPasswords, refuseBreached } from './breached-passwords.ts';

const PASSWORD = 'violet kettle marches north';
const HASH = createHash('sha1').update(PASSWORD).digest('hex').toUpperCase();
const REST = HASH.slice(5);

function ask(body: string | Error, { status = 200, url = 'https://range.example.com/range/' as string | null } = {}) {
  const asked: string[] = [];
  const warned: unknown[] = [];
  const service = breachedPasswords({
    fetch: async (target) => {
      asked.push(target);
      if (body instanceof Error) throw body;
      return { status, headers: {}, body: Buffer.from(body), url: target };
    },
    log: { warn: (line: unknown) => void warned.push(line) },
    rangeUrlOf: () => url ?? undefined,
  });
  return { service, asked, warned };
}

test.each([
  ['listed', `AAAA:3\r\n${REST}:12\r\n`, true],
  ['listed in small letters', `${REST.toLowerCase()}:1`, true],
  ['padding only', `${REST}:0\n`, false],
  ['another', `${REST.slice(1)}0:4\n`, false],
  ['nothing', '', false],
  ['a page of HTML', '<html>', false],
])('%s', async (_, body, expected) => {
  const { service, asked } = ask(body);
  expect(await service.isBreached('ten_1', PASSWORD)).toBe(expected);
  // Five digits, and nothing of the rest.
  expect(asked).toEqual([`https://range.example.com/range/${HASH.slice(0, 5)}`]);
});

test.each([
  ['fails', new Error('refused')],
  ['answers 500', 'x'],
])('a service that %s lets the password pass, and says so in the log', async (_, body) => {
  const { service, warned } = ask(body, { status: 500 });
  expect(await service.isBreached('ten_1', PASSWORD)).toBe(false);
  expect(warned).toHaveLength(1);
});

test('without a service nobody is asked', async () => {
  const { service, asked } = ask('', { url: null });
  expect(await service.isBreached('ten_1', PASSWORD)).toBe(false);
  expect(asked).toEqual([]);
});

test('a breached one is refused, and the message never repeats it', async () => {
  const { service } = ask(`${REST}:1`);
  const refused = refuseBreached(service, { tenantId: 'ten_1', password: PASSWORD });
  await expect(refused).rejects.toMatchObject({
    code: 'password_refused',
    message: expect.not.stringContaining(PASSWORD),
  });
  await expect(refuseBreached(undefined, { tenantId: 'ten_1', password: PASSWORD })).resolves.toBeUndefined();
});
