import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AuthError } from './auth-error.ts';
import { openSession, type Session } from './session.ts';
import type { TokenAnswer } from './tokens.ts';

const LIFETIME_SECONDS = 900;
let made = 0;
let redeemed: string[];
let answers: (TokenAnswer | Error)[];

const answer = (more: Partial<TokenAnswer> = {}): TokenAnswer => ({
  access_token: `at${++made}`,
  token_type: 'Bearer',
  expires_in: LIFETIME_SECONDS,
  refresh_token: `rt${made}`,
  ...more,
});

/** One tab. Tabs of one name hear of each other, as in a browser. */
function tab(name: string, dpop = false, kind = 'alike'): Session {
  return openSession({
    name,
    kind,
    issuer: 'https://id.example.com',
    clientId: 'board',
    dpop,
    redeem: async (token) => {
      redeemed.push(token);
      const next = answers.shift() ?? answer();
      if (next instanceof Error) throw next;
      return next;
    },
  });
}
let count = 0;
const freshName = () => `session test ${++count}`;

beforeEach(() => {
  redeemed = [];
  answers = [];
  made = 0;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-01-01T00:00:00Z') });
});
afterEach(() => vi.useRealTimers());
const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

describe('a token', () => {
  test.each([
    ['at once', 0, 'at1', 0],
    ['when a minute and a bit is left', LIFETIME_SECONDS - 61, 'at1', 0],
    ['when less than a minute is left: as it is, and renewed meanwhile', LIFETIME_SECONDS - 59, 'at1', 1],
    ['when it might end on its way: renewed', LIFETIME_SECONDS - 9, 'at2', 1],
    ['long after it ended: renewed', LIFETIME_SECONDS * 4, 'at2', 1],
  ])('is used %s', async (_, seconds, accessToken, renewals) => {
    const session = tab(freshName());
    session.open(answer(), 'n');
    later(seconds);
    expect((await session.usable()).accessToken).toBe(accessToken);
    await vi.waitFor(() => expect(redeemed).toHaveLength(renewals));
  });

  test('of a short life is renewed as late in proportion', async () => {
    const session = tab(freshName());
    session.open(answer({ expires_in: 8 }), 'n');
    later(5);
    await session.usable();
    expect(redeemed).toEqual([]);
    later(2.5);
    expect((await session.usable()).accessToken).toBe('at2');
  });

  test('is renewed once for all who ask at once', async () => {
    const session = tab(freshName());
    session.open(answer(), 'n');
    later(LIFETIME_SECONDS);
    const got = await Promise.all([session.usable(), session.usable(), session.usable({ fresh: true })]);
    expect(new Set(got.map(({ accessToken }) => accessToken))).toEqual(new Set(['at2']));
    expect(redeemed).toEqual(['rt1']);
  });

  test('without a new refresh token goes on with the old one', async () => {
    const session = tab(freshName());
    session.open(answer(), 'n');
    const { refresh_token: _, ...without } = answer();
    answers = [without];
    later(LIFETIME_SECONDS);
    await session.usable();
    later(LIFETIME_SECONDS);
    await session.usable();
    expect(redeemed).toEqual(['rt1', 'rt1']);
  });

  test('that is no DPoP token is refused where one was asked for', async () => {
    const session = tab(freshName(), true);
    expect(() => session.open(answer(), 'n')).toThrow(expect.objectContaining({ code: 'dpop_unsupported' }));
    expect(session.state.status).toBe('loading');
  });
});

describe('what ends a session', () => {
  test.each([
    ['invalid_grant', 'signed_out'],
    ['invalid_client', 'signed_out'],
    ['network_error', 'signed_in'],
    ['server_error', 'signed_in'],
    ['metadata_invalid', 'signed_in'],
  ])('a renewal that fails with %s: %s', async (code, status) => {
    const session = tab(freshName());
    session.open(answer(), 'n');
    answers = [new AuthError(code)];
    later(LIFETIME_SECONDS);
    await expect(session.usable()).rejects.toMatchObject({ code });
    expect(session.state.status).toBe(status);
  });

  test('nothing that is no answer of the issuer: what broke here is told, and tokens are kept', async () => {
    const session = tab(freshName());
    session.open(answer(), 'n');
    answers = [new DOMException('the key store is gone', 'InvalidStateError')];
    later(LIFETIME_SECONDS);
    await expect(session.usable()).rejects.toThrow('the key store is gone');
    expect([session.state.status, session.tokens?.accessToken]).toEqual(['signed_in', 'at1']);
  });

  test('an end of the token, where there is nothing to renew it with', async () => {
    const session = tab(freshName());
    const { refresh_token: _, ...without } = answer();
    session.open(without, 'n');
    later(LIFETIME_SECONDS);
    await expect(session.usable()).rejects.toMatchObject({ code: 'signed_out' });
    expect(session.state).toEqual({ status: 'signed_out' });
  });

  test('signing out while a renewal is under way: what comes then is nobody’s', async () => {
    const session = tab(freshName());
    session.open(answer(), 'n');
    const renewal = session.usable({ fresh: true });
    session.closeEverywhere();
    session.close();
    await expect(renewal).rejects.toMatchObject({ code: 'signed_out' });
    expect([session.tokens, session.state.status]).toEqual([undefined, 'signed_out']);
  });
});

describe('tabs', () => {
  test('a new one takes over what another has', async () => {
    const name = freshName();
    const first = tab(name);
    first.open(answer(), 'n');
    const second = tab(name);
    expect(await second.join()).toBe(true);
    expect(second.tokens?.accessToken).toBe('at1');
    expect(await tab(freshName()).join()).toBe(false);
  });

  test('that all renew at once do it once, and none with a token that was exchanged already', async () => {
    const name = freshName();
    const tabs = [tab(name), tab(name), tab(name)];
    tabs[0]?.open(answer(), 'n');
    await vi.waitFor(() => expect(tabs.map(({ tokens }) => tokens?.accessToken)).toEqual(['at1', 'at1', 'at1']));
    later(LIFETIME_SECONDS);
    const got = await Promise.all(tabs.map((each) => each.usable()));
    expect(got.map(({ accessToken }) => accessToken)).toEqual(['at2', 'at2', 'at2']);
    expect(redeemed).toEqual(['rt1']);
  });

  test('an older message changes nothing', async () => {
    const name = freshName();
    const [first, second] = [tab(name), tab(name)];
    const channel = new BroadcastChannel(name);
    first.open(answer(), 'n');
    const old = first.tokens;
    later(10);
    first.open(answer(), 'n');
    channel.postMessage({ kind: 'tokens', for: 'alike', tokens: old });
    await vi.waitFor(() => expect(second.tokens?.accessToken).toBe('at2'));
    channel.postMessage({ kind: 'tokens', for: 'alike', tokens: old });
    // What comes behind it shows that it was heard.
    await second.join();
    expect([first.tokens?.accessToken, second.tokens?.accessToken]).toEqual(['at2', 'at2']);
    channel.close();
  });

  test('a clock that is set back does not make an exchanged refresh token the newest', async () => {
    const name = freshName();
    const [first, second] = [tab(name), tab(name)];
    first.open(answer(), 'n');
    await vi.waitFor(() => expect(second.tokens?.accessToken).toBe('at1'));
    later(-3_600);
    await first.usable({ fresh: true });
    await vi.waitFor(() => expect(second.tokens?.accessToken).toBe('at2'));
    later(LIFETIME_SECONDS);
    await Promise.all([first.usable({ fresh: true }), second.usable({ fresh: true })]);
    expect(redeemed).toEqual(['rt1', 'rt2']);
  });

  test('with other settings keep to themselves, and are signed out all the same', async () => {
    const name = freshName();
    const [bearer, bound] = [tab(name), tab(name, true, 'bound to a key')];
    bearer.open(answer(), 'n');
    expect(await bound.join()).toBe(false);
    bound.open(answer({ token_type: 'DPoP' }), 'n');
    expect([bearer.tokens?.type, bound.tokens?.type]).toEqual(['Bearer', 'DPoP']);
    bearer.closeEverywhere();
    await vi.waitFor(() => expect(bound.state).toEqual({ status: 'signed_out', elsewhere: true }));
  });

  test.each([
    ['nothing', null],
    ['a word', 'tokens'],
    ['tokens of no shape', { kind: 'tokens', for: 'alike', tokens: null }],
    [
      'a token without an end',
      { kind: 'tokens', for: 'alike', tokens: { version: 9e15, accessToken: 'x', type: 'Bearer', issuedAt: 1 } },
    ],
    [
      'the newest token of all times',
      {
        kind: 'tokens',
        for: 'alike',
        tokens: { version: Number.POSITIVE_INFINITY, accessToken: 'x', type: 'Bearer', issuedAt: 1, expiresAt: 9e15 },
      },
    ],
    [
      'a token that is an object',
      {
        kind: 'tokens',
        for: 'alike',
        tokens: { version: 9e15, accessToken: {}, type: 'Bearer', issuedAt: 1, expiresAt: 9e15 },
      },
    ],
    [
      'what another kind of tab says',
      {
        kind: 'tokens',
        for: 'other',
        tokens: { version: 9e15, accessToken: 'x', type: 'Bearer', issuedAt: 1, expiresAt: 9e15 },
      },
    ],
    [
      'what an older version said',
      { kind: 'tokens', tokens: { accessToken: 'x', type: 'Bearer', issuedAt: 9e15, expiresAt: 9e15 } },
    ],
    ['a question of no shape', { kind: 'ask', for: 'alike', newerThan: 'x' }],
  ])('%s in the channel changes nothing', async (_, message) => {
    const name = freshName();
    const session = tab(name);
    session.open(answer(), 'n');
    const channel = new BroadcastChannel(name);
    channel.postMessage(message);
    // What comes behind it shows that it was heard.
    expect(await tab(name).join()).toBe(true);
    expect([session.tokens?.accessToken, session.state.status]).toEqual(['at1', 'signed_in']);
    channel.close();
  });

  test('one signs out, and the others know that it was elsewhere', async () => {
    const name = freshName();
    const [first, second] = [tab(name), tab(name)];
    first.open(answer(), 'n');
    await vi.waitFor(() => expect(second.state.status).toBe('signed_in'));
    first.closeEverywhere();
    await vi.waitFor(() => expect(second.state).toEqual({ status: 'signed_out', elsewhere: true }));
  });
});
