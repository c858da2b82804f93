import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { device, tenantId } from '../signin.fixture.ts';
import { CODE_ATTEMPTS_MAX, consumeCode, consumeLink, peekLink } from './consume-challenge.ts';
import { countAttempts } from './count-attempts.ts';
import { openMailbox, tokenOf } from './mailbox.fixture.ts';
import { consumeEmailCode, consumeEmailLink, openEmailLink, sendEmailCode } from './send-email-code.ts';
import { startChallenge } from './start-challenge.ts';

/** 500 in every run; 10,000 were run by hand. */
const PARALLEL = Number(process.env.GATEHOUSE_TEST_PARALLEL_MAIL ?? 500);
const BROWSER = 'the form cookie of one browser';

let room: Awaited<ReturnType<typeof openMailbox>>;
beforeAll(async () => {
  room = await openMailbox();
});
afterAll(() => room?.close());

const start = (purpose: 'password_recovery' | 'sign_in' = 'password_recovery') =>
  room.inTransaction((tx) => startChallenge(tx, room.deps, { tenantId, purpose, userId: 'usr_1', browser: BROWSER }));

describe(`${PARALLEL} at once`, () => {
  const wins = (outcomes: readonly unknown[]) => outcomes.filter((outcome) => outcome !== undefined).length;

  test('one link: exactly one gets it', { timeout: 300_000 }, async () => {
    const { token } = await start();
    const outcomes = await inParallel(() =>
      room.inTransaction((tx) => consumeLink(tx, room.deps, { tenantId, purpose: 'password_recovery', token })),
    );
    expect(wins(outcomes)).toBe(1);
  });

  test('one code: exactly one gets it', { timeout: 300_000 }, async () => {
    const { id, code } = await start('sign_in');
    const outcomes = await inParallel(() =>
      room.inTransaction((tx) =>
        consumeCode(tx, room.deps, { tenantId, purpose: 'sign_in', id, code, browser: BROWSER }),
      ),
    );
    expect(wins(outcomes)).toBe(1);
  });

  /** As many open transactions as the pool bears, all the time. */
  async function inParallel<T>(work: () => Promise<T>): Promise<T[]> {
    const outcomes: T[] = [];
    let left = PARALLEL;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        outcomes.push(await work());
      }
    };
    await Promise.all(Array.from({ length: 200 }, worker));
    expect(outcomes).toHaveLength(PARALLEL);
    return outcomes;
  }
});

test('a code bears five wrong guesses, however many at once; after that the right one is refused too', async () => {
  const { id, code } = await start('sign_in');
  const guess = (text: string) =>
    room.inTransaction((tx) =>
      consumeCode(tx, room.deps, { tenantId, purpose: 'sign_in', id, code: text, browser: BROWSER }),
    );
  const wrong = code === '000000' ? '000001' : '000000';
  await Promise.all(Array.from({ length: CODE_ATTEMPTS_MAX + 3 }, () => guess(wrong)));
  expect(await guess(code)).toBeUndefined();
});

test.each([
  ['as it is', (code: string) => code, true],
  ['with spaces, as it is read aloud', (code: string) => ` ${code.slice(0, 3)} ${code.slice(3)} `, true],
  ['with a letter', (code: string) => `${code.slice(0, 5)}x`, false],
  ['too short', (code: string) => code.slice(0, 5), false],
  ['empty', () => '', false],
])('a code %s', async (_, typed, accepted) => {
  const { id, code } = await start('sign_in');
  const met = await room.inTransaction((tx) =>
    consumeCode(tx, room.deps, { tenantId, purpose: 'sign_in', id, code: typed(code), browser: BROWSER }),
  );
  expect(met !== undefined).toBe(accepted);
});

describe('refused', () => {
  test.each([
    ['a link for another purpose', { purpose: 'registration' as const }, 0],
    ['a link of another tenant', { tenantId: 'ten_00000000000000000000000009' }, 0],
    ['a link that is too old', {}, 30 * 60_000],
    ['what is no link of ours', { token: 'gh_ln_nothing' }, 0],
    ['an API key', { token: 'gh_live_5Gd0sV0nq1qWm6Jt3uYcXb8pZr24kT0aZ' }, 0],
  ])('%s', async (_, changes, wait) => {
    const { token } = await start();
    room.clock.advance(wait);
    const input = { tenantId, purpose: 'password_recovery' as const, token, ...changes };
    const scope = { tenantId: input.tenantId };
    expect(await room.store.transaction(scope, (tx) => peekLink(tx, room.deps, input))).toBeUndefined();
    expect(await room.store.transaction(scope, (tx) => consumeLink(tx, room.deps, input))).toBeUndefined();
  });

  test('a code from another browser, without spending a guess', async () => {
    const { id, code } = await start('sign_in');
    const guess = (browser: string) =>
      room.inTransaction((tx) => consumeCode(tx, room.deps, { tenantId, purpose: 'sign_in', id, code, browser }));
    for (let round = 0; round < 10; round += 1) expect(await guess('another')).toBeUndefined();
    expect(await guess(BROWSER)).toMatchObject({ userId: 'usr_1' });
  });
});

test('the database holds neither link nor code', async () => {
  const { token, code } = await start('sign_in');
  const { rows } = await room.inTransaction(async (tx) => ({
    rows: await tx
      .withTables<{ email_challenges: { id: string } }>()
      .selectFrom('email_challenges')
      .selectAll()
      .execute(),
  }));
  const text = JSON.stringify(rows);
  expect(text).not.toContain(token.slice(6));
  expect(text).not.toMatch(new RegExp(`"${code}"`));
});

describe('a code by mail as a factor', () => {
  const send = async (email: string | undefined) => {
    const user = email === undefined ? undefined : await room.addUser(email, undefined);
    const sent = await room.inTransaction((tx) =>
      sendEmailCode(tx, room.deps, { tenantId, userId: user?.id, browser: BROWSER, device, locale: 'de' }),
    );
    return { ...sent, user };
  };
  const open = (token: string, browser: string | undefined) =>
    room.inTransaction((tx) => openEmailLink(tx, room.deps, { tenantId, token, browser }));

  test('the code proves who asked for it', async () => {
    const { challengeId, user } = await send('code@example.com');
    const letter = await room.deliver();
    expect(letter).toMatchObject({ to: 'code@example.com', template: 'sign_in_code', locale: 'de' });
    const code = letter?.values.code ?? '';
    const consume = () =>
      room.inTransaction((tx) => consumeEmailCode(tx, room.deps, { tenantId, challengeId, code, browser: BROWSER }));
    expect(await consume()).toEqual({ userId: user?.id });
    expect(await consume()).toBeUndefined();
  });

  test('the link works in the browser that asked; elsewhere it only shows the code', async () => {
    const { challengeId, user } = await send('link@example.com');
    const letter = await room.deliver();
    const token = tokenOf(letter);
    expect(await open(token, BROWSER)).toEqual({ kind: 'this_browser', challengeId });
    expect(await open(token, 'another')).toEqual({ kind: 'other_browser', code: letter?.values.code });
    expect(await open(token, undefined)).toEqual({ kind: 'other_browser', code: letter?.values.code });
    expect(await open('x', BROWSER)).toEqual({ kind: 'refused' });
    const consume = (browser: string) =>
      room.inTransaction((tx) => consumeEmailLink(tx, room.deps, { tenantId, token, browser }));
    expect(await consume('another')).toBeUndefined();
    expect(await consume(BROWSER)).toEqual({ userId: user?.id, challengeId });
    expect(await consume(BROWSER)).toBeUndefined();
  });

  test('for nobody the same happens, and no mail', async () => {
    const before = room.letters.length;
    const { challengeId } = await send(undefined);
    expect(challengeId).toMatch(/^chl_/);
    expect(room.waiting).toHaveLength(1);
    await room.deliver();
    expect(room.letters).toHaveLength(before);
  });
});

describe('asking too often', () => {
  const ask = (name: string, address: string) => countAttempts(room.deps, { tenantId, what: 'test', name, address });
  const refusedAfter = async (next: (index: number) => Promise<void>, max = 400): Promise<number> => {
    for (let index = 0; index < max; index += 1) {
      const refused = await next(index).then(
        () => false,
        (error: { code?: string }) => error.code === 'mail_throttled',
      );
      if (refused) return index;
    }
    return max;
  };

  test.each([
    ['one name from one address', () => ask('Ada@example.com', '203.0.113.1'), 5],
    ['many names from one address', (index: number) => ask(`a${index}@example.com`, '203.0.113.2'), 30],
    ['many names from one /64', (index: number) => ask(`b${index}@example.com`, `2001:db8::${index.toString(16)}`), 30],
    [
      'many names from one /48',
      (index: number) => ask(`c${index}@example.com`, `2001:db9:0:${index.toString(16)}::1`),
      300,
    ],
  ])('%s', async (_, next, allowed) => {
    expect(await refusedAfter(next)).toBe(allowed);
  });

  test('nobody is kept from asking by somebody elsewhere, and an hour later all is forgotten', async () => {
    await refusedAfter(() => ask('eve@example.com', '203.0.113.3'));
    await ask('eve@example.com', '203.0.113.4');
    room.clock.advance(60 * 60_000);
    await ask('eve@example.com', '203.0.113.3');
  });
});
