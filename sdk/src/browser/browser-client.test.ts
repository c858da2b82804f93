import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Board,
  hasChromium,
  known,
  openBoard,
  PERSON,
  provePassword,
  returning,
  signedIn,
  visit,
} from './chromium.fixture.ts';

const fresh = (page: Page) => page.evaluate(() => globalThis.auth.getAccessToken({ fresh: true }));
const token = (page: Page) => page.evaluate(() => globalThis.auth.getAccessToken());
/** The code of what was thrown, or `none`. */
const failure = (page: Page, work: 'fresh' | 'sensitive') =>
  page.evaluate(async (what) => {
    const { auth } = globalThis;
    const works = {
      fresh: () => auth.getAccessToken({ fresh: true }),
      sensitive: () => auth.fetch('/api/sensitive'),
    };
    return works[what]().then(
      () => 'none',
      (error: { code: string }) => error.code,
    );
  }, work);

describe.skipIf(!hasChromium)('in Chromium', { timeout: 60_000 }, () => {
  let board: Board;
  beforeAll(async () => {
    board = await openBoard();
  });
  afterAll(() => board?.close());

  const reuses = async () => {
    const { items } = (await board.program.admin('GET', '/audit/events?type=refresh_token.reused')) as { items: [] };
    return items.length;
  };

  test('a stranger is found out silently; signs in; comes back to where they were; stays so over a reload', async () => {
    const context = await board.browser.newContext();
    const page = await visit(context, `${board.url}/tasks?filter=mine#top`);
    expect(await page.evaluate(() => globalThis.auth.state)).toEqual({ status: 'signed_out' });
    expect(page.url()).toBe(`${board.url}/tasks?filter=mine#top`);
    await page.evaluate(() => void globalThis.auth.signIn({ loginHint: 'grace@example.com' }));
    await page.waitForURL(`${board.program.issuer}/**`);
    expect(await page.getByLabel('E-mail address').inputValue()).toBe(PERSON.email);
    await provePassword(page, board.url);
    expect(await known(page)).toBe('signed_in');
    expect(page.url()).toBe(`${board.url}/tasks?filter=mine#top`);
    expect(await page.evaluate(() => globalThis.auth.state)).toMatchObject({ user: { name: 'Grace' } });
    const answer = await page.evaluate(async () => (await globalThis.auth.fetch('/api/tasks')).json());
    expect(answer).toEqual({ sub: expect.stringMatching(/^usr_/) });
    await page.reload();
    expect(await known(page)).toBe('signed_in');
    await context.close();
  });

  test('three tabs share one sign-in and one renewal; no refresh token is used twice', async () => {
    const { context, page } = await returning(board, `${board.url}/`);
    const before = await reuses();
    let redirects = 0;
    context.on('request', (request) => {
      if (request.url().includes('/oauth/authorize')) redirects += 1;
    });
    const tabs = [page, await visit(context, `${board.url}/two`), await visit(context, `${board.url}/three`)];
    expect(await Promise.all(tabs.map(known))).toEqual(['signed_in', 'signed_in', 'signed_in']);
    expect(redirects).toBe(0);
    expect(new Set(await Promise.all(tabs.map(token))).size).toBe(1);
    let renewals = 0;
    context.on('request', (request) => {
      if (request.url().endsWith('/oauth/token') && request.method() === 'POST') renewals += 1;
    });
    for (let round = 0; round < 5; round += 1) {
      renewals = 0;
      // Every tab at once, and each of them several times.
      const got = await Promise.all(tabs.flatMap((tab) => [fresh(tab), fresh(tab), fresh(tab)]));
      expect(new Set(got).size, `round ${round}`).toBe(1);
      expect(renewals, `round ${round}`).toBe(1);
    }
    expect(await reuses()).toBe(before);
    await context.close();
  });

  test('a tab that is closed while it renews leaves the others signed in', async () => {
    const { context, page } = await returning(board, `${board.url}/`);
    const other = await visit(context, `${board.url}/two`);
    const before = await token(other);
    let exchanged = () => {};
    const seen = new Promise<void>((resolve) => {
      exchanged = resolve;
    });
    // The issuer exchanges the refresh token, and the answer reaches nobody.
    await page.route('**/oauth/token', async (route) => {
      await route.fetch();
      exchanged();
    });
    await page.evaluate(() => void globalThis.auth.getAccessToken({ fresh: true }).catch(() => undefined));
    await seen;
    await page.close();
    expect(await fresh(other)).not.toBe(before);
    expect(await fresh(other)).toBeTruthy();
    await context.close();
  });

  test('offline nothing is lost; back again it goes on, also where an answer was lost on the way', async () => {
    const { context, page } = await returning(board, `${board.url}/`);
    const first = await token(page);
    await context.setOffline(true);
    expect(await failure(page, 'fresh')).toBe('network_error');
    expect(await known(page)).toBe('signed_in');
    expect(await token(page)).toBe(first);
    await context.setOffline(false);
    const second = await fresh(page);
    expect(second).not.toBe(first);
    let lost = 0;
    await page.route('**/oauth/token', async (route) => {
      const response = await route.fetch();
      lost += 1;
      await (lost === 1 ? route.abort('connectionreset') : route.fulfill({ response }));
    });
    expect(await fresh(page)).not.toBe(second);
    expect(lost).toBe(2);
    await context.close();
  });

  test('signing out offline signs out here, and says that the issuer does not know', async () => {
    const { context, page } = await returning(board, `${board.url}/`);
    // Of this one nothing was ever fetched: what it has, the other tab told it.
    const other = await visit(context, `${board.url}/two`);
    await context.setOffline(true);
    const code = await other.evaluate(() => globalThis.auth.signOut().catch((error: { code: string }) => error.code));
    expect(code).toBe('network_error');
    expect(await Promise.all([known(other), known(page)])).toEqual(['signed_out', 'signed_out']);
    expect(await failure(page, 'fresh')).toBe('signed_out');
    await context.close();
  });

  test('an API that wants a fresher sign-in gets it, and the page comes back to where it was', async () => {
    const { context, page } = await signedIn(board, `${board.url}/payments`);
    await page.waitForTimeout(2_000);
    board.signedInSince = Math.floor(Date.now() / 1000);
    await page.evaluate(() => void globalThis.auth.fetch('/api/sensitive'));
    await page.waitForURL(`${board.program.issuer}/**`);
    await provePassword(page, board.url);
    expect(await known(page)).toBe('signed_in');
    expect(page.url()).toBe(`${board.url}/payments`);
    expect(await failure(page, 'sensitive')).toBe('none');
    // An API that no sign-in satisfies is not asked to in a circle.
    board.signedInSince = Number.POSITIVE_INFINITY;
    expect(await failure(page, 'sensitive')).toBe('step_up_required');
    board.signedInSince = 0;
    await context.close();
  });

  test('signing out ends it in all tabs and at the issuer', async () => {
    const { context, page } = await signedIn(board, `${board.url}/`);
    const other = await visit(context, `${board.url}/two`);
    await page.evaluate(() => void globalThis.auth.signOut());
    await page.waitForURL(`${board.url}/bye`);
    expect(await known(page)).toBe('signed_out');
    expect(await known(other)).toBe('signed_out');
    expect(await failure(other, 'fresh')).toBe('signed_out');
    await context.close();
  });

  test('with DPoP every call proves a key that can’t be taken away', async () => {
    const { context, page } = await returning(board, `${board.url}/dpop/`);
    board.calls.length = 0;
    await page.evaluate(() => globalThis.auth.fetch('/api/tasks?x=1'));
    const { authorization = '', dpop = '' } = board.calls[0] ?? {};
    const part = (text: string, index: number) =>
      JSON.parse(Buffer.from(text.split('.')[index] ?? '', 'base64url').toString());
    expect(authorization).toMatch(/^DPoP /);
    expect(part(dpop, 0)).toMatchObject({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256' } });
    expect(Object.keys(part(dpop, 0).jwk)).not.toContain('d');
    expect(part(dpop, 1)).toMatchObject({ htm: 'GET', htu: `${board.url}/api/tasks`, ath: expect.any(String) });
    expect(part(authorization, 1).cnf.jkt).toBeTruthy();
    const others = await visit(context, `${board.url}/dpop/two`);
    expect(await Promise.all([fresh(page), fresh(others)])).toSatisfy(([a, b]) => a === b);
    const taken = await page.evaluate(async () => {
      const request = indexedDB.open('gatehouse');
      await new Promise((resolve) => {
        request.onsuccess = resolve;
      });
      const keys = request.result.transaction('keys').objectStore('keys').getAll();
      await new Promise((resolve) => {
        keys.onsuccess = resolve;
      });
      return Promise.all(
        keys.result.map(({ privateKey }) => crypto.subtle.exportKey('jwk', privateKey).then(JSON.stringify, String)),
      );
    });
    expect(taken).toEqual([expect.stringContaining('not extractable')]);
    await context.close();
  });

  test('an issuer that fails to answer is no sign-out; a grant that is over is', async () => {
    const { context, page } = await signedIn(board, `${board.url}/`);
    await page.route('**/oauth/token', (route) => route.fulfill({ status: 503, body: '<h1>later</h1>' }));
    expect(await failure(page, 'fresh')).toBe('server_error');
    expect(await known(page)).toBe('signed_in');
    await page.unroute('**/oauth/token');
    const { items } = (await board.program.admin('GET', '/users')) as { items: { id: string; email: string }[] };
    const { id } = items.find(({ email }) => email === PERSON.email) ?? {};
    await board.program.admin('POST', `/users/${id}/disable`);
    expect(await failure(page, 'fresh')).toBe('invalid_grant');
    expect(await known(page)).toBe('signed_out');
    await board.program.admin('POST', `/users/${id}/enable`);
    await context.close();
  });
});
